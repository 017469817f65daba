// A client whose appointment was called off chooses another time by the address in the message.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { register, startBrowser } from '../lib/kept.mjs'
import { noMail, startMail } from '../lib/mail.mjs'
import { beginAsAdviser, newService } from '../lib/service.mjs'
import { Pages, pictured, sound, watched } from '../lib/checks.mjs'

const pages = new Pages()
const skip = noMail && 'KEPT_TEST_PYTHON=off'
let browser, service, mail, page, phone, address, file, appointment

before(async () => {
  if (skip) return
  mail = await startMail()
  service = await newService(`[messages]\nphone = "0151 496 0100"\nchoose_again = true\nremind_hours = 0\n[messages.smtp]\nhost = "127.0.0.1"\nport = ${mail.port}\nsecurity = "none"\nfrom = "hello@example.org"\n`)
  browser = await startBrowser()
})
after(async () => {
  await browser?.close()
  service?.stop()
  await mail?.stop()
})

test('an adviser calls an appointment off, and the message has an address', { skip }, async () => {
  page = await watched(await browser.newContext({ viewport: { width: 1280, height: 900 } }))
  await beginAsAdviser(page, service)
  file = await register(page, 'Daniel Whitfield')
  await page.goto(`${file}/details/contact`)
  await page.getByLabel('Email address').fill('daniel@example.org')
  await page.getByRole('button', { name: 'Save' }).click()
  await page.goto(`${file}/appointments/new`)
  await page.getByRole('button', { name: 'Search four weeks' }).click()
  await page.locator('.app-times button').nth(1).click()
  await page.getByLabel('What it is about').fill('Second interview')
  await page.locator('.app-times button').first().click()
  await page.getByText('Booked', { exact: true }).first().waitFor()
  appointment = page.url().split('?')[0]
  await page.getByLabel('Called off by us').check()
  await page.getByRole('button', { name: 'Call it off' }).click()
  const { to, words } = await mail.next()
  assert.equal(to, 'daniel@example.org')
  address = words.match(/http:\/\/127\.0\.0\.1:\d+\/again\/[0-9a-f]{32}/)[0]
  assert.ok(!/job|employ|advis/i.test(words), words)
})

test('the page of the address is sound and says what to do', { skip }, async () => {
  const client = await watched(await browser.newContext({ viewport: { width: 1280, height: 900 } }))
  await client.goto(address)
  await sound(client, 'choose a day', pages)
  await pictured(client, 'choosing-day')
  await client.locator('.app-times button').nth(1).click()
  await sound(client, 'choose a time', pages)
  await pictured(client, 'choosing-time')
  await client.getByRole('link', { name: 'Choose another day' }).click()
  await client.getByRole('heading', { name: 'Choose a day' }).waitFor()
})

// promise: P4
test('the client chooses a day and a time on a small phone, without scripts, and nobody is named there', { skip }, async () => {
  const context = await browser.newContext({ viewport: { width: 375, height: 700 }, javaScriptEnabled: false })
  phone = await context.newPage()
  await phone.goto(address)
  assert.ok(!/Daniel|Whitfield|Calderbank|job|employ|advis/i.test(await phone.locator('html').innerHTML()), 'nobody and no service is named')
  await phone.locator('.app-times button').nth(1).click()
  await phone.getByRole('heading', { name: /^Choose a time on/ }).waitFor()
  const time = await phone.locator('.app-times button').nth(2).innerText()
  await phone.locator('.app-times button').nth(2).click()
  await phone.getByRole('heading', { name: 'Your appointment' }).waitFor()
  assert.ok((await phone.locator('main').innerText()).includes(time))
  const { to, words } = await mail.next()
  assert.equal(to, 'daniel@example.org')
  assert.ok(words.includes(time), words)
  // Going back offers nothing more: one was chosen.
  await phone.goBack()
  assert.ok((await phone.locator('main').innerText()).includes(time))
})

test('what was chosen stays to be read, and an old address says whom to ring', { skip }, async () => {
  const client = await watched(await browser.newContext({ viewport: { width: 1280, height: 900 } }))
  await client.goto(address)
  await sound(client, 'another time was chosen', pages)
  await pictured(client, 'choosing-chosen')
  const old = await fetch(`${service.address}/again/${'0'.repeat(32)}`)
  assert.equal(old.status, 404)
  const html = await old.text()
  assert.match(html, /0151 496 0100/)
  pages.addHtml(html, 'an old address')
})

test('the adviser sees what was chosen in its place', { skip }, async () => {
  await page.goto(appointment)
  const chosen = page.locator('.govuk-summary-list__row', { hasText: 'The client chose' })
  await sound(page, 'called off, and chosen anew', pages)
  await chosen.getByRole('link').click()
  await page.getByText('Second interview').waitFor()
  assert.notEqual(page.url(), appointment)
})

test('every page is sound HTML', { skip }, () => pages.check())
