// A service with made-up people, a browser, and a way to sign in.
import { createHmac } from 'node:crypto'
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { createInterface } from 'node:readline'
import { chromium } from 'playwright-core'

const root = fileURLToPath(new URL('../../..', import.meta.url))
export const binary = process.env.KEPT_BIN ?? `${process.env.CARGO_TARGET_DIR ?? `${root}/target`}/debug/kept`

/** Starts `kept demo` on a free port; gives its address and its people. */
export async function startKept(clients = 120) {
  // The journeys run on SQLite, and on the PostgreSQL server that this names.
  const server = process.env.KEPT_TEST_POSTGRES_URL
  const where = server ? ['--postgres', server] : []
  const child = spawn(binary, ['demo', '--clients', String(clients), '--port', '0', '--json', ...where], { stdio: ['ignore', 'pipe', 'inherit'] })
  const lines = createInterface({ input: child.stdout })
  const first = await new Promise((resolve, reject) => {
    lines.once('line', resolve)
    child.once('exit', code => reject(new Error(`kept ended with ${code} before it served`)))
  })
  const { address, people } = JSON.parse(first)
  return { address, people, stop: () => new Promise(resolve => { child.once('exit', resolve); child.kill('SIGTERM') }) }
}

/** Debian's Chromium, without anything that looks for other hosts. */
export function startBrowser() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  })
}

function base32(text) {
  const bits = [...text].map(c => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(c).toString(2).padStart(5, '0')).join('')
  return Buffer.from(bits.match(/.{8}/g).map(byte => parseInt(byte, 2)))
}

/** The one-time code of a secret for a step of 30 seconds (RFC 6238). */
export function code(secret, step = Math.floor(Date.now() / 30000)) {
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(step))
  const digest = createHmac('sha1', base32(secret)).update(counter).digest()
  const at = digest.at(-1) & 15
  return String((digest.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, '0')
}

/** Signs in as somebody with this role, by hand, through the pages. A code works once, so the next step's is the second try. */
export async function signIn(page, kept, role, which = 0) {
  page.setDefaultTimeout(8000)
  const person = kept.people.filter(p => p.role === role)[which]
  for (const later of [0, 1]) {
    await page.goto(`${kept.address}/sign-in`)
    await page.getByLabel('Email address').fill(person.email)
    await page.getByLabel('Password', { exact: true }).fill(person.password)
    await page.getByRole('button', { name: 'Continue' }).click()
    await page.getByLabel('6-digit code').fill(code(person.totp_secret, Math.floor(Date.now() / 30000) + later))
    await page.getByRole('button', { name: 'Sign in' }).click()
    if (!page.url().includes('/sign-in')) {
      // Keys and suggestions work once the page's script has run.
      await page.waitForLoadState()
      return person
    }
  }
  throw new Error(`could not sign in as ${role}`)
}

/** Registers somebody as the adviser who is signed in on this page; gives the address of the file. */
export async function register(page, name, phone = '07700 900 321') {
  await page.getByRole('link', { name: 'Register a client' }).click()
  await page.getByLabel('On paper', { exact: true }).check()
  await page.getByLabel('In words').check()
  await page.getByLabel('Full name').fill(name)
  await page.getByLabel('Mobile number').fill(phone)
  await page.getByRole('button', { name: 'Register' }).click()
  return page.url().replace(/\/details.*/, '')
}
