// "The office is closed tomorrow": everybody is told once, and those who cannot be told stand on a sheet to print.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { signIn, startBrowser, startKept } from '../lib/kept.mjs'
import { Pages, pictured, sound, watched } from '../lib/checks.mjs'

let kept, browser, context, page
const pages = new Pages()

before(async () => {
  kept = await startKept(200)
  browser = await startBrowser()
  context = await browser.newContext({ viewport: { width: 1280, height: 900 } })
  page = await watched(context)
})
after(async () => {
  await browser?.close()
  await kept?.stop()
})

/** The next working day, on which the made-up diaries are full. */
function soon() {
  const day = new Date(Date.now() + 86400e3)
  while ([0, 6].includes(day.getUTCDay())) day.setUTCDate(day.getUTCDate() + 1)
  return `${day.getUTCDate()} ${day.getUTCMonth() + 1} ${day.getUTCFullYear()}`
}

// promise: P7
test('reception closes the office in four clicks, everybody is told or listed, and the list is printed', async () => {
  await signIn(page, kept, 'receptionist')
  await sound(page, 'today at reception', pages)
  let clicks = 0
  const click = async target => { clicks += 1; await target.click() }
  await click(page.getByRole('link', { name: 'Office closed' }))
  await sound(page, 'office closed', pages)
  await page.getByLabel('Day', { exact: true }).fill(soon())
  await click(page.getByRole('button', { name: 'Show who is affected' }))
  await page.getByRole('columnheader', { name: 'How they are told' }).waitFor()
  await sound(page, 'who is affected', pages)
  await pictured(page, 'closure-affected')
  const people = await page.locator('#affected-caption ~ tbody tr').count()
  assert.ok(people > 5, `${people} people are booked`)
  await page.getByLabel('Why, for the files').fill('Burst pipe')
  await click(page.getByRole('button', { name: /^Call off/ }))
  await page.getByText('called off', { exact: false }).first().waitFor()
  // The page follows the messages by itself, without a script.
  await page.getByText(/^All \d+ done: 0 told by a message, \d+ to ring$/).waitFor({ timeout: 30000 })
  await sound(page, 'how far the messages are', pages)
  await pictured(page, 'closure-progress')
  await click(page.getByRole('link', { name: /^Contact sheet/ }))
  await sound(page, 'contact sheet', pages)
  await pictured(page, 'closure-sheet')
  assert.ok(clicks <= 4, `${clicks} clicks`)
  // No mail server is configured in the demonstration: everybody is to be rung, and the page says why.
  const rows = page.locator('main table tbody tr')
  assert.equal(await rows.count(), people)
  assert.match(await page.locator('main').innerText(), /No mail server configured/)
  // On paper stands who to ring and how, and nothing that only a screen needs.
  await page.emulateMedia({ media: 'print' })
  assert.ok(!(await page.locator('td.app-t__sel').first().isVisible()) && !(await page.getByRole('button', { name: /know by now/ }).isVisible()))
  assert.ok(await rows.first().isVisible() && await page.getByText('shred when finished').isVisible())
  await page.emulateMedia({ media: 'screen' })
})

test('who was rung is ticked off, and the first page says how many are left', async () => {
  const all = await page.locator('main table tbody tr').count()
  await page.getByRole('checkbox').first().check()
  await page.getByRole('button', { name: 'These clients know by now' }).click()
  await page.getByText('1 person ticked off').waitFor()
  assert.equal(await page.locator('main table tbody tr').count(), all - 1)
  await page.goto(kept.address)
  await page.getByText(`Office closed: ${all - 1}`, { exact: false }).waitFor()
  await sound(page, 'today with people to ring', pages)
  await pictured(page, 'closure-today')
})

test('the appointment says what the client was told, and who is not reception is told whom to ask', async () => {
  await page.getByRole('link', { name: /^Contact sheet/ }).click()
  await page.locator('main table tbody a').first().click()
  await page.locator('#appointments a').first().click()
  await sound(page, 'an appointment that fell out', pages)
  await page.goto(`${kept.address}/messages/wording`)
  await sound(page, 'what the messages say', pages)
  await pictured(page, 'messages-wording')
  await page.goto(`${kept.address}/messages`)
  await sound(page, 'messages that did not arrive', pages)
  const other = await watched(await browser.newContext({ viewport: { width: 1280, height: 900 } }))
  await signIn(other, kept, 'adviser')
  await other.goto(`${kept.address}/closures/new`)
  await other.getByText('Ask reception to do it').waitFor()
})

test('a day that is past and hours that are none are said at their field, and what was typed stays', async () => {
  await page.goto(`${kept.address}/closures/new`)
  await page.getByLabel('Day', { exact: true }).fill('yesterday')
  await page.getByLabel('From').fill('lunch')
  await page.getByRole('button', { name: 'Show who is affected' }).click()
  await page.getByRole('link', { name: /in the past/ }).waitFor()
  assert.equal(await page.getByLabel('From').inputValue(), 'lunch')
  await sound(page, 'office closed with faults', pages)
})

test('everything is valid HTML', () => pages.check())
