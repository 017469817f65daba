// A client wants to be forgotten: asked for by the adviser, decided by the governance lead, with a receipt at the end; and a
// file of which nobody has heard for a year.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { register, signIn, startBrowser, startKept } from '../lib/kept.mjs'
import { Pages, pictured, sound, watched } from '../lib/checks.mjs'

let kept, browser, adviser, lead, file
const pages = new Pages()
const fresh = () => browser.newContext({ viewport: { width: 1280, height: 900 } }).then(watched)

before(async () => {
  kept = await startKept(300)
  browser = await startBrowser()
  adviser = await fresh()
  await signIn(adviser, kept, 'adviser')
  lead = await fresh()
  await signIn(lead, kept, 'governance')
  file = await register(adviser, 'Zephyr Quillfeather')
})
after(async () => {
  await browser?.close()
  await kept?.stop()
})

// promise: P15
// promise: P23
test('the adviser asks, the governance lead decides, and a receipt is all that is left', async () => {
  await adviser.goto(file)
  await adviser.getByRole('link', { name: 'This client wants to be forgotten' }).click()
  await adviser.getByText('Gone at once', { exact: true }).waitFor()
  await sound(adviser, 'what an erasure does', pages)
  await adviser.getByRole('button', { name: 'Ask for the erasure' }).click()
  await adviser.getByText('There is a problem').waitFor()
  await sound(adviser, 'an erasure with faults')
  await adviser.getByLabel('How did the client ask, and when?').fill('Rang this morning: no longer wants our help.')
  await adviser.getByRole('button', { name: 'Ask for the erasure' }).click()
  await adviser.getByText('Somebody else decides').waitFor()

  await lead.goto(`${kept.address}/erasures`)
  await sound(lead, 'erasures to decide', pages)
  await lead.getByRole('link', { name: /Look and decide/ }).click()
  await lead.getByText('Rang this morning').waitFor()
  await sound(lead, 'an erasure to decide', pages)
  await lead.getByRole('button', { name: 'Erase the file' }).click()
  await lead.getByRole('heading', { name: 'Receipt of an erasure' }).waitFor()
  await sound(lead, 'receipt', pages)
  await pictured(lead, 'receipt')
  assert.doesNotMatch(await lead.locator('main').innerText(), /Zephyr|NB-/)
  const gone = await adviser.goto(file)
  assert.equal(gone.status(), 404)
  await adviser.goto(`${kept.address}/clients`)
  assert.equal(await adviser.getByText('Zephyr Quillfeather').count(), 0)
  await lead.goto(`${kept.address}/erasures`)
  await sound(lead, 'register of erasures', pages)
})

// promise: P16
test('those who answer for it see what goes by itself, and a hold keeps a file', async () => {
  await lead.goto(`${kept.address}/promises/retention`)
  await lead.getByRole('heading', { name: 'What Kept erases by itself' }).waitFor()
  await sound(lead, 'endings of the service', pages)
  await pictured(lead, 'endings')
  await adviser.goto(`${kept.address}/clients`)
  const client = await adviser.locator('table a[href^="/clients/"]').first().getAttribute('href')
  await lead.goto(`${kept.address}${client}`)
  await lead.getByLabel('Why do you need this file?').fill('A claim about it came in today')
  await lead.getByRole('button', { name: 'Open the file' }).click()
  await lead.goto(`${kept.address}${client}/hold`)
  await sound(lead, 'hold', pages)
  await lead.getByLabel('A legal claim is made or expected').check()
  await lead.getByLabel('Why?').fill('A claim is before the tribunal.')
  const review = new Date(Date.now() + 30 * 24 * 3600 * 1000)
  await lead.getByLabel('Day').fill(String(review.getDate()))
  await lead.getByLabel('Month').fill(String(review.getMonth() + 1))
  await lead.getByLabel('Year').fill(String(review.getFullYear()))
  await lead.getByRole('button', { name: 'Put the file on hold' }).click()
  await lead.getByRole('button', { name: 'Lift this hold' }).waitFor()
  await sound(lead, 'a file on hold', pages)
  await adviser.goto(`${kept.address}${client}/erase`)
  await adviser.getByRole('heading', { name: 'This file is on hold' }).waitFor()
  await lead.goto(`${kept.address}/holds`)
  await sound(lead, 'files on hold', pages)
  await adviser.goto(`${kept.address}/redactions`)
  await sound(adviser, 'to take out of other files', pages)
})

// promise: P16
test('of whom nobody has heard for a year: warned of, kept by a word from them, gone on its day', async () => {
  await adviser.goto(`${kept.address}/clients`)
  const ending = adviser.locator('table tbody tr', { hasText: 'Record ending' })
  assert.ok(await ending.count() >= 2, `${await ending.count()} files come to their end`)
  const [heard, unheard] = await Promise.all([0, 1].map(place => ending.nth(place).locator('a[href^="/clients/"]').first().getAttribute('href')))

  // One rings: the day moves, and nobody is warned of the file any more.
  await adviser.goto(`${kept.address}${heard}`)
  await adviser.locator('#note').fill('Rang: still looks for work and wants to go on with us.')
  await adviser.getByRole('button', { name: 'Save note' }).click()
  await adviser.goto(`${kept.address}/clients`)
  assert.equal(await ending.locator(`a[href="${heard}"]`).count(), 0)

  // Of the other nobody hears: it stands in the list with its day, and on that day it goes by itself.
  await adviser.goto(`${kept.address}/promises/retention`)
  const line = adviser.locator('tr, li', { has: adviser.locator(`a[href="${unheard}"]`) }).first()
  await line.waitFor()
  assert.equal(await adviser.locator(`main a[href="${heard}"]`).count(), 0)
  await sound(adviser, 'files that end', pages)
  await pictured(adviser, 'files-that-end')
  await adviser.goto(`${kept.address}${unheard}`)
  const [, day] = (await adviser.locator('main').innerText()).match(/rased on (\d+ \w+ \d{4})/)
  await lead.goto(`${kept.address}/promises/retention`)
  const month = lead.locator('tr', { hasText: day.split(' ').slice(1).join(' ') }).first()
  assert.ok(Number((await month.innerText()).match(/(\d+)\s*$/)[1]) >= 1, `it goes on ${day}, and the calendar of the year counts it`)
})

test('every page passed is sound HTML', () => pages.check())
