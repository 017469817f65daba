// A changed notice is told by message, and counts as given once the message is out.
import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { after, before, test } from 'node:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { register, startBrowser } from '../lib/kept.mjs'
import { noMail, startMail } from '../lib/mail.mjs'
import { beginAsAdviser, newService } from '../lib/service.mjs'
import { Pages, pictured, sound, watched } from '../lib/checks.mjs'

const pages = new Pages()
const skip = noMail && 'KEPT_TEST_PYTHON=off'
const shipped = new URL('../../../notices/employment-service.toml', import.meta.url)
let browser, service, mail, page, file, silent

before(async () => {
  if (skip) return
  mail = await startMail()
  service = await newService(`[messages]\nphone = "0151 496 0100"\nnotice_link = "https://kept.example.org/notice"\n[messages.smtp]\nhost = "127.0.0.1"\nport = ${mail.port}\nsecurity = "none"\nfrom = "hello@example.org"\n`)
  browser = await startBrowser()
})
after(async () => {
  await browser?.close()
  service?.stop()
  await mail?.stop()
})

/** The shipped notice, in which adult learning gets one fact more. */
function publishAnother() {
  const text = readFileSync(shipped, 'utf8')
  const more = text.replace('fields = ["name", "mobile_phone", "email", "preferred_contact", "highest', 'fields = ["name", "postcode", "mobile_phone", "email", "preferred_contact", "highest')
    .replace('version = "1.0"', 'version = "2.0"')
  assert.notEqual(more, text)
  const folder = mkdtempSync(join(tmpdir(), 'kept-notice-'))
  writeFileSync(join(folder, 'notice.toml'), more)
  service.kept('notice', 'publish', join(folder, 'notice.toml'))
  rmSync(folder, { recursive: true })
}

test('a notice that changed lists whom to tell, and a message tells them', { skip }, async () => {
  page = await watched(await browser.newContext({ viewport: { width: 1280, height: 900 } }))
  await beginAsAdviser(page, service)
  silent = await register(page, 'Mina Achterberg')
  file = await register(page, 'Daniel Whitfield')
  await page.goto(`${file}/details/contact`)
  await page.getByLabel('Email address').fill('daniel@example.org')
  await page.getByRole('button', { name: 'Save' }).click()
  publishAnother()
  const list = `${service.address}/notices/tell-again`
  // Every server looks for new versions by itself.
  for (let tries = 0; tries < 100; tries += 1) {
    await page.goto(list)
    if (await page.getByRole('button', { name: 'Send them a message' }).isVisible()) break
    await page.waitForTimeout(200)
  }
  await sound(page, 'clients to tell, with a mail server', pages)
  await page.getByLabel('Select Daniel Whitfield').check()
  await page.getByLabel('Select Mina Achterberg').check()
  await pictured(page, 'tell-again-by-message')
  await page.getByRole('button', { name: 'Send them a message' }).click()
  await page.getByText('2 messages on the way').waitFor()
  const { to, words } = await mail.next()
  assert.equal(to, 'daniel@example.org')
  assert.match(words, /To read it: https:\/\/kept\.example\.org\/notice/)
  assert.ok(!/job|employ|advis/i.test(words), words)
})

// promise: P27
test('who was reached is off the list, and their file says how it was given', { skip }, async () => {
  const list = page.getByRole('row', { name: /Daniel Whitfield/ })
  for (let tries = 0; tries < 150 && await list.isVisible(); tries += 1) {
    await page.waitForTimeout(200)
    await page.goto(`${service.address}/notices/tell-again`)
  }
  assert.equal(await list.count(), 0)
  await page.getByRole('row', { name: /Mina Achterberg/ }).getByText('Not sent').waitFor()
  await sound(page, 'clients to tell, one of them told', pages)
  await pictured(page, 'tell-again-told')
  await page.goto(`${file}/consent`)
  await page.getByRole('row', { name: /Notice 2\.0/ }).getByText('By link').waitFor()
  await page.getByText('Changed notice', { exact: false }).first().waitFor()
  await sound(page, 'consent, with the message', pages)
  await pictured(page, 'consent-told')
  await page.goto(`${silent}/consent`)
  await page.getByRole('button', { name: 'Send a message' }).waitFor()
})

test('the public page says what is new, to who has scripts off too', { skip }, async () => {
  const phone = await (await browser.newContext({ viewport: { width: 375, height: 700 }, javaScriptEnabled: false })).newPage()
  await phone.goto(`${service.address}/notice#new`)
  await phone.getByRole('heading', { name: 'What is new' }).waitFor()
  await phone.getByText('Since version 1.0').waitFor()
  await phone.getByRole('heading', { name: 'What is new' }).scrollIntoViewIfNeeded()
  await phone.screenshot({ path: new URL('../artefacts/notice-new.png', import.meta.url).pathname })
})

test('every page is sound HTML', { skip }, () => pages.check())
