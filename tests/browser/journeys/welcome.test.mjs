// The first administrator: invited at the console, with a password and a phone that reads the picture of the key; then has a
// program told when something changes.
import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import jsQR from 'jsqr'
import { PNG } from 'pngjs'
import { binary, code, startBrowser } from '../lib/kept.mjs'
import { Pages, sound, watched } from '../lib/checks.mjs'

const folder = mkdtempSync(join(tmpdir(), 'kept-welcome-'))
const config = join(folder, 'service', 'kept.toml')
const pages = new Pages()
let browser, address, service, page

const kept = (...words) => execFileSync(binary, words, { env: { ...process.env, KEPT_CONFIG: config }, encoding: 'utf8' })
const freePort = () => new Promise(resolve => {
  const server = createServer().listen(0, '127.0.0.1', () => {
    const { port } = server.address()
    server.close(() => resolve(port))
  })
})

before(async () => {
  kept('init', join(folder, 'service'))
  address = `http://127.0.0.1:${await freePort()}`
  const written = readFileSync(config, 'utf8').replaceAll('127.0.0.1:8080', address.slice('http://'.length))
  writeFileSync(config, `${written}\n[webhooks]\nhosts = ["hooks.example.org"]\n`)
  browser = await startBrowser()
})
after(async () => {
  await browser?.close()
  service?.kill('SIGTERM')
  rmSync(folder, { recursive: true, force: true })
})

test('somebody who was invited sets a password and lets a phone read the key', async () => {
  const said = kept('user', 'add', '--role', 'administrator', '--name', 'Marek Thistlewood', '--email', 'marek@example.org')
  const invitation = said.match(/Code: +(\S+)/)[1]
  service = spawn(binary, ['serve'], { env: { ...process.env, KEPT_CONFIG: config }, stdio: 'ignore' })
  page = await watched(await browser.newContext({ viewport: { width: 1280, height: 900 } }))
  for (let tries = 0; tries < 100; tries += 1) {
    if (await fetch(`${address}/health`).then(answer => answer.ok, () => false)) break
    await new Promise(resolve => setTimeout(resolve, 100))
  }
  await page.goto(`${address}/welcome`)
  await sound(page, 'welcome', pages)
  await page.getByLabel(/Email/).fill('marek@example.org')
  await page.getByLabel(/code/i).fill(invitation)
  await page.getByLabel(/password/i).first().fill('copper kettle drifts north')
  await page.getByRole('button', { name: /Continue|Set|Next/ }).click()
  await page.waitForURL(/second-factor/)
  await sound(page, 'second factor', pages)
  // A decoder that is not ours reads the picture as a phone would.
  const { data, width, height } = PNG.sync.read(await page.getByRole('img', { name: /picture for your phone/ }).screenshot())
  const read = new URL(jsQR(new Uint8ClampedArray(data), width, height).data)
  assert.equal(read.protocol, 'otpauth:')
  await page.getByLabel(/6-digit/).fill(code(read.searchParams.get('secret')))
  await page.getByRole('button', { name: 'Finish' }).click()
  await page.getByText('Write down your recovery codes').waitFor()
  await sound(page, 'recovery codes', pages)
  await page.getByRole('link', { name: 'I have written them down' }).click()
  await page.getByText('People who use Kept').waitFor()
})

test('an administrator has a program told, corrects an address, and sees the secret this once', async () => {
  kept('token', 'add', '--name', 'Front desk screen', '--role', 'receptionist', '--purpose', 'contact')
  await page.getByRole('link', { name: /^Webhooks/ }).click()
  await sound(page, 'webhooks', pages)
  await page.getByLabel('Which program?').selectOption({ label: 'Front desk screen (receptionist)' })
  await page.getByLabel('Where is it told?').fill('https://hooks.example.com/kept')
  await page.getByLabel('An appointment was booked').check()
  await page.getByRole('button', { name: 'Tell this program' }).click()
  await page.getByText('There is a problem').waitFor()
  assert.ok(await page.getByLabel('An appointment was booked').isChecked(), 'nothing that was chosen is lost')
  await sound(page, 'a webhook to a host that is not named', pages)
  await page.getByLabel('Where is it told?').fill('https://hooks.example.org/kept')
  await page.getByRole('button', { name: 'Tell this program' }).click()
  await page.getByText('whsec_').waitFor()
  await sound(page, 'the secret of a webhook', pages)
  await page.getByRole('link', { name: 'Go to the webhook' }).click()
  assert.ok(!(await page.content()).includes('whsec_'), 'it is shown this once')
  // A test, which nobody takes: there is no such host.
  await page.getByRole('button', { name: 'Send a test' }).click()
  await page.getByText('Done', { exact: true }).first().waitFor()
  for (let tries = 0; tries < 30 && !(await page.getByText('could not be reached').count()); tries += 1) {
    await page.waitForTimeout(500)
    await page.reload()
  }
  await page.getByText('The program could not be reached').waitFor()
  await sound(page, 'a webhook', pages)
  await page.getByRole('link', { name: 'Today' }).click()
  await page.getByText('Programs that do not hear what they are told').waitFor()
  await sound(page, 'the first page of an administrator', pages)
})

test('its pages are valid HTML', async () => {
  await pages.check()
})
