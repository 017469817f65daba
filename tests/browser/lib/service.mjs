// A service of its own for a journey: made as somebody makes one at the console, empty, in a folder that goes with it.
import { execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { binary, code } from './kept.mjs'

const freePort = () => new Promise(resolve => {
  const server = createServer().listen(0, '127.0.0.1', () => {
    const { port } = server.address()
    server.close(() => resolve(port))
  })
})

/** Makes it, with these lines more in its configuration and these files beside it; it is started by `start`. */
export async function newService(lines, files = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'kept-journey-'))
  const config = join(folder, 'service', 'kept.toml')
  const env = { ...process.env, KEPT_CONFIG: config }
  const kept = (...words) => execFileSync(binary, words, { env, encoding: 'utf8' })
  kept('init', join(folder, 'service'))
  const address = `http://127.0.0.1:${await freePort()}`
  const written = readFileSync(config, 'utf8').replaceAll('127.0.0.1:8080', address.slice('http://'.length))
  writeFileSync(config, `${written}\n${lines}`)
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, 'service', name), text, { mode: 0o600 })
  let running
  return {
    address,
    kept,
    /** Invites somebody at the console; gives the code. */
    invite: (role, name, email) => kept('user', 'add', '--role', role, '--name', name, '--email', email).match(/Code: +(\S+)/)[1],
    start: async () => {
      running = spawn(binary, ['serve'], { env, stdio: 'ignore' })
      for (let tries = 0; tries < 100; tries += 1) {
        if (await fetch(`${address}/health`).then(answer => answer.ok, () => false)) return
        await new Promise(resolve => setTimeout(resolve, 100))
      }
      throw new Error('the service does not answer')
    },
    stop: () => {
      running?.kill('SIGTERM')
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Fills in the page of an invitation that is open, up to the second factor. */
export async function acceptInvitation(page, email, invitation) {
  await page.getByLabel(/Email/).fill(email)
  await page.getByLabel(/code/i).fill(invitation)
  await page.getByLabel(/password/i).first().fill('copper kettle drifts north')
  await page.getByRole('button', { name: /Continue|Set|Next/ }).click()
  await page.waitForURL(/second-factor/)
}

/** Invites an adviser, starts the service, and takes them through their first sign-in on this page. */
export async function beginAsAdviser(page, service) {
  service.invite('administrator', 'Marek Thistlewood', 'marek@example.org')
  const invitation = service.invite('adviser', 'Ruth Calderbank', 'ruth@example.org')
  await service.start()
  await page.goto(`${service.address}/welcome`)
  await acceptInvitation(page, 'ruth@example.org', invitation)
  const secret = await page.locator('b.app-code').first().innerText()
  await page.getByLabel(/6-digit/).fill(code(secret.replace(/\s/g, '')))
  await page.getByRole('button', { name: 'Finish' }).click()
  await page.getByRole('link', { name: 'I have written them down' }).click()
  await page.goto(`${service.address}/clients`)
}
