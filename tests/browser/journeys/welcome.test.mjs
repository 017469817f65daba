// The first administrator: invited at the console, with a password and a phone that reads the picture of the key; then has a
// program told when something changes.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import jsQR from 'jsqr'
import { PNG } from 'pngjs'
import { code, startBrowser } from '../lib/kept.mjs'
import { acceptInvitation, newService } from '../lib/service.mjs'
import { Pages, sound, watched } from '../lib/checks.mjs'

const pages = new Pages()
let browser, service, page

before(async () => {
  service = await newService('[webhooks]\nhosts = ["hooks.example.org"]\n')
  browser = await startBrowser()
})
after(async () => {
  await browser?.close()
  service?.stop()
})

test('somebody who was invited sets a password and lets a phone read the key', async () => {
  const invitation = service.invite('administrator', 'Marek Thistlewood', 'marek@example.org')
  await service.start()
  page = await watched(await browser.newContext({ viewport: { width: 1280, height: 900 } }))
  await page.goto(`${service.address}/welcome`)
  await sound(page, 'welcome', pages)
  await acceptInvitation(page, 'marek@example.org', invitation)
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
  service.kept('token', 'add', '--name', 'Front desk screen', '--role', 'receptionist', '--purpose', 'contact')
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
