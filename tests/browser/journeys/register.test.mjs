// The governance lead's registers: how the promises stand, a look reviewed with its reason, a breach written down.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { signIn, startBrowser, startKept } from '../lib/kept.mjs'
import { Pages, pictured, sound, watched } from '../lib/checks.mjs'

let kept, browser, page, number
const pages = new Pages()

before(async () => {
  kept = await startKept(60)
  browser = await startBrowser()
  // A manager opens a file with a reason.
  const other = await watched(await browser.newContext())
  await signIn(other, kept, 'manager')
  await other.getByLabel(/Find a client/).fill('NB-10001')
  await other.getByRole('button', { name: 'Find', exact: true }).click()
  await other.locator('.app-results a').first().click()
  await other.getByLabel(/Why/).fill('A complaint about a letter that never came')
  await other.locator('main').getByRole('button').first().click()
  number = (await other.locator('.app-id .app-ref').first().innerText()).trim()
  page = await watched(await browser.newContext({ viewport: { width: 1280, height: 900 } }))
  await signIn(page, kept, 'governance')
})
after(async () => {
  await browser?.close()
  await kept?.stop()
})

// promise: P29
test('the lead sees how the promises stand, has the log checked and publishes it', async () => {
  await page.getByRole('link', { name: 'Promises', exact: true }).click()
  await page.getByRole('heading', { name: 'How our promises stand' }).waitFor()
  await sound(page, 'promises', pages)
  await pictured(page, 'promises')
  await page.getByRole('button', { name: 'Check the log now' }).click()
  await page.getByText('The log is whole').waitFor()
  await page.getByRole('button', { name: 'Publish this for everybody' }).click()
  await page.getByText('Everybody can see how the promises stand now').waitFor()
  const anybody = await watched(await browser.newContext())
  await anybody.goto(`${kept.address}/promises/public`)
  await anybody.getByText('No file is kept past its date').waitFor()
  await sound(anybody, 'published promises', pages)
  assert.ok(!(await anybody.locator('main').innerText()).includes('NB-'))
  await page.getByRole('link', { name: 'Record of processing' }).click()
  await sound(page, 'the record of processing', pages)
  await page.getByRole('link', { name: 'Back' }).click()
  await page.getByRole('link', { name: 'Impact assessment' }).click()
  await sound(page, 'the impact assessment', pages)
})

// promise: P18
test('a look with its reason is reviewed and ticked off', async () => {
  await page.goto(`${kept.address}/promises`)
  await page.getByRole('link', { name: 'Access review' }).click()
  const row = page.locator('tbody tr').filter({ hasText: 'A complaint about a letter that never came' })
  await row.getByText(number).waitFor()
  await sound(page, 'the access review', pages)
  await pictured(page, 'access-review')
  await page.getByRole('button', { name: 'Tick off' }).click()
  await page.getByText('There is a problem').waitFor()
  await sound(page, 'an access review with faults', pages)
  await row.getByRole('checkbox').check()
  await page.getByLabel('The reason is good').check()
  await page.getByRole('button', { name: 'Tick off' }).click()
  await page.getByText('1 look reviewed').waitFor()
  await page.getByRole('link', { name: 'Reviewed', exact: true }).click()
  await row.getByText('The reason is good').waitFor()
  await sound(page, 'looks that were reviewed', pages)
})

test('a breach is written down, its 72 hours run, and those whom it reached are found', async () => {
  await page.goto(`${kept.address}/breaches`)
  await sound(page, 'no breach yet', pages)
  await page.getByRole('link', { name: 'Write a breach down' }).click()
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByText('There is a problem').waitFor()
  await sound(page, 'a breach with faults', pages)
  await page.getByLabel('What happened?').fill('A list was left on a bus')
  await page.getByLabel('Somebody saw or got what they should not (confidentiality)').check()
  await page.getByLabel('What are they told, or why are they not told?').fill('A list with your name was left on a bus and found again.')
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByText(/2 days 23 hours .* left/).waitFor()
  await page.getByLabel('Only these files').fill(number)
  await page.getByRole('button', { name: 'Find and list' }).click()
  await page.getByText('1 file found').waitFor()
  await sound(page, 'a breach', pages)
  await pictured(page, 'breach')
  await page.getByRole('button', { name: 'Letters to the ticked' }).click()
  await page.getByText('Something happened to information about you').waitFor()
  await sound(page, 'letters about a breach', pages)
  await page.goBack()
  await page.getByRole('link', { name: 'Report to print' }).click()
  await page.getByText('Article 33(3)').waitFor()
  await sound(page, 'the report of a breach', pages)
  await page.goto(`${kept.address}/breaches`)
  await page.getByText('A list was left on a bus').waitFor()
  await sound(page, 'breaches', pages)
})

test('every page passed is sound HTML', () => pages.check())
