// A manager prepares a bid: counts, compares, saves a view, prepares a pack; the governance lead signs; everybody reads it.
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { after, before, test } from 'node:test'
import { signIn, startBrowser, startKept } from '../lib/kept.mjs'
import { Pages, pictured, sound, watched } from '../lib/checks.mjs'

let kept, browser, page
const pages = new Pages()

before(async () => {
  kept = await startKept(400)
  browser = await startBrowser()
  page = await watched(await browser.newContext({ viewport: { width: 1280, height: 900 } }))
  page.setDefaultTimeout(20000)
  await signIn(page, kept, 'manager')
  page.setDefaultTimeout(20000)
})
after(async () => {
  await browser?.close()
  await kept?.stop()
})

test('a manager counts, sees a picture beside the table, and compares quarters', async () => {
  await page.getByRole('link', { name: 'Figures', exact: true }).click()
  await page.getByText('Not for publication').waitFor()
  await page.getByRole('img', { name: /People who started/ }).waitFor()
  await sound(page, 'figures', pages)
  await pictured(page, 'figures')
  await page.getByLabel('And by').selectOption({ label: 'Work status' })
  await page.getByRole('button', { name: 'Count' }).click()
  await page.getByRole('heading', { name: /by age and work status/ }).waitFor()
  await sound(page, 'figures by two facts', pages)
  await page.getByLabel('And by').selectOption({ label: 'Nothing else' })
  await page.getByLabel('First quarter').selectOption({ index: 4 })
  await page.getByText('Put the quarters beside each other').click()
  await page.getByRole('button', { name: 'Count' }).click()
  assert.ok(await page.locator('#answer thead th').count() > 4, 'a column for each quarter')
  await sound(page, 'quarters compared', pages)
  await page.getByLabel('Name of this view').fill('Starts by quarter')
  await page.getByRole('button', { name: 'Save this view' }).click()
  await page.locator('#views').getByRole('link', { name: 'Starts by quarter' }).waitFor()
  await page.getByLabel('By', { exact: true }).selectOption({ label: 'Disability or health condition' })
  await page.getByText('Put the quarters beside each other').click()
  await page.getByRole('combobox', { name: 'Count' }).selectOption({ label: 'People with an outcome' })
  await page.getByRole('button', { name: 'Count' }).click()
  await page.getByText('There is a problem').waitFor()
  await sound(page, 'two protected things', pages)
})

test('the equality report stands beside who lives here', async () => {
  await page.getByRole('link', { name: 'Equality report' }).click()
  await page.getByRole('heading', { name: 'Religion' }).waitFor()
  await page.getByLabel('Local population').fill('Ethnic group,White,many\nx')
  await page.getByRole('button', { name: 'Save the population' }).click()
  await page.getByText('There is a problem').waitFor()
  await page.getByLabel('Local population').fill('Ethnic group,White,90000\nEthnic group,Asian or Asian British,10000')
  await page.getByRole('button', { name: 'Save the population' }).click()
  await page.getByRole('cell', { name: '90.0 %' }).waitFor()
  await sound(page, 'equality report', pages)
  await pictured(page, 'equality')
})

// promise: P6
test('a manager prepares a bid, a second person signs, everybody reads it', async () => {
  await page.goto(`${kept.address}/`)
  let clicks = 0
  const click = async target => { clicks += 1; await target.click() }
  await click(page.getByRole('link', { name: 'Figures', exact: true }))
  await click(page.getByRole('link', { name: 'Packs for bids' }))
  await sound(page, 'no pack yet', pages)
  await click(page.getByLabel('Whom we reach'))
  await page.getByLabel('First quarter').selectOption({ index: 8 })
  await click(page.getByRole('button', { name: 'Prepare and sign' }))
  await page.getByRole('heading', { name: /Whom we reach/ }).waitFor()
  assert.ok(clicks <= 8, `${clicks} clicks to prepare a bid`)
  await page.getByText('A second person signs it').waitFor()
  await page.getByText(/The extract holds a random|There is no extract/).waitFor()
  await sound(page, 'a pack', pages)
  await pictured(page, 'pack')
  const pack = page.url()
  const other = await watched(await browser.newContext({ viewport: { width: 1280, height: 900 } }))
  await signIn(other, kept, 'governance')
  await other.goto(pack)
  await other.getByRole('button', { name: 'Sign and publish' }).click()
  await other.getByRole('link', { name: 'the published page' }).click()
  await other.getByRole('heading', { name: /Whom we reach/, level: 1 }).waitFor()
  await sound(other, 'published', pages)
  const anybody = await watched(await browser.newContext())
  await anybody.goto(`${kept.address}/published`)
  await anybody.getByRole('link', { name: /Whom we reach/ }).click()
  const saved = anybody.waitForEvent('download')
  await anybody.getByRole('link', { name: 'ODS' }).click()
  assert.equal((await saved).suggestedFilename(), 'tables.ods')
  const printed = anybody.waitForEvent('download')
  await anybody.getByRole('link', { name: 'PDF' }).click()
  assert.equal((await printed).suggestedFilename(), 'figures.pdf')
  const bytes = await readFile(await (await printed).path(), 'latin1')
  assert.ok(bytes.startsWith('%PDF-1.7'))
  for (const mark of ['/StructTreeRoot', '/Marked true', 'pdfuaid:part', '(en-GB)', '/Figure', '/Scope']) assert.ok(bytes.includes(mark), mark)
  assert.deepEqual([...page.problems, ...other.problems, ...anybody.problems], [])
})

test('every page passed is sound HTML', () => pages.check())
