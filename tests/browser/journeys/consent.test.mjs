// Consent: asked and signed, used to share with adult learning, taken back, and then refused.
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { after, before, test } from 'node:test'
import { register, signIn, startBrowser, startKept } from '../lib/kept.mjs'
import { Pages, pictured, sound, watched } from '../lib/checks.mjs'

let kept, browser, page, file
const pages = new Pages()
const LEARNING = 'Northbridge Adult Learning'

before(async () => {
  kept = await startKept(60)
  browser = await startBrowser()
  page = await watched(await browser.newContext({ viewport: { width: 1280, height: 900 }, acceptDownloads: true }))
  await signIn(page, kept, 'adviser')
  file = await register(page, 'Zephyr Quillfeather')
})
after(async () => {
  await browser?.close()
  await kept?.stop()
})

/** The row of an organisation. */
const row = name => page.locator('#sharing tbody tr').filter({ hasText: name })

// promise: P8
test('nothing is shared before the client said yes, and the page says why', async () => {
  await page.goto(file)
  await page.getByRole('link', { name: 'Consent and sharing' }).click()
  await sound(page, 'consent and sharing', pages)
  await row(LEARNING).getByText('Not asked').waitFor()
  const share = (await row(LEARNING).getByRole('link', { name: 'Ask for consent' }).getAttribute('href')).replace('consent/ask', 'share')
  await page.goto(`${kept.address}${share}`)
  await page.getByText('The client has not agreed to this').waitFor()
  await sound(page, 'a shut gate', pages)
})

test('consent is read, signed by hand and recorded; nothing is chosen beforehand', async () => {
  await page.goto(`${file}/consent`)
  await row(LEARNING).getByRole('link', { name: 'Ask for consent' }).click()
  assert.equal(await page.locator('main input:checked').count(), 0)
  await page.getByText('This is my choice').waitFor()
  await page.getByRole('button', { name: 'Record the answer' }).click()
  await page.getByText('There is a problem').waitFor()
  await sound(page, 'a question for consent with faults', pages)
  await page.getByLabel('Yes', { exact: true }).check()
  await page.getByLabel('By hand, in the box below').check()
  const field = page.getByRole('img', { name: 'Field to sign by hand' })
  await field.scrollIntoViewIfNeeded()
  const box = await field.boundingBox()
  await page.mouse.move(box.x + 40, box.y + 90)
  await page.mouse.down()
  for (let step = 1; step < 30; step += 1) await page.mouse.move(box.x + 40 + step * 12, box.y + 90 + 40 * Math.sin(step / 2))
  await page.mouse.up()
  await page.getByRole('button', { name: 'Record the answer' }).click()
  await page.getByText('The answer is recorded').waitFor()
  await row(LEARNING).getByText('Given', { exact: true }).waitFor()
  await row(LEARNING).getByRole('link', { name: 'The record' }).click()
  await page.getByRole('img', { name: 'The client’s signature' }).waitFor()
  await sound(page, 'the record of a consent', pages)
  const [receipt] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'Receipt for the client' }).click()])
  const graph = JSON.parse(await readFile(await receipt.path(), 'utf8'))['@graph']
  assert.equal(graph[0]['@type'], 'dpv:ConsentReceipt')
})

// promise: P19
test('exactly what was agreed is shown, then leaves encrypted', async () => {
  await page.goto(`${file}/consent`)
  await row(LEARNING).getByRole('link', { name: 'Share with' }).click()
  await page.getByText('What leaves, exactly').waitFor()
  const shown = await page.locator('#leaves').innerText()
  assert.ok(shown.includes('Zephyr Quillfeather') && shown.includes('07700 900 321') && !shown.includes('NB-'))
  await sound(page, 'what leaves', pages)
  await pictured(page, 'share')
  await page.getByRole('button', { name: 'Share exactly this' }).click()
  const [pack] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Download the encrypted pack' }).click()])
  assert.match(pack.suggestedFilename(), /^[0-9a-f]{32}\.zip\.age$/)
  const bytes = await readFile(await pack.path(), 'latin1')
  assert.ok(bytes.startsWith('age-encryption.org/v1') && !bytes.includes('Zephyr'))
  await page.reload()
  await page.getByText('Shared', { exact: true }).waitFor()
  await sound(page, 'something shared', pages)
})

// promise: P18
test('taking it back is one press, and from then on sharing is refused and the recipient is to be told', async () => {
  await page.goto(`${file}/consent`)
  await pictured(page, 'consent')
  await row(LEARNING).getByRole('button', { name: 'Take back' }).click()
  await page.getByText('It holds at once, everywhere').waitFor()
  await row(LEARNING).getByText('Taken back').waitFor()
  await sound(page, 'consent taken back', pages)
  const share = (await row(LEARNING).getByRole('link', { name: 'Ask for consent' }).getAttribute('href')).replace('consent/ask', 'share')
  await page.goto(`${kept.address}${share}`)
  await page.getByText('The client took their consent back').waitFor()
  await page.goto(`${kept.address}/recipients-to-tell`)
  await sound(page, 'recipients to tell', pages)
  const items = page.locator('#open-caption').locator('xpath=..').locator('tbody tr')
  const before = await items.count()
  await page.getByRole('button', { name: 'They were told' }).first().click()
  await pictured(page, 'recipients-to-tell')
  await page.getByRole('button', { name: 'They did it' }).first().click()
  assert.equal(before, 1)
  await page.getByText('each has answered').waitFor()
})

test('a manager decides about what a law lets us share, and the directory shows whose keys are confirmed', async () => {
  const other = await watched(await browser.newContext({ viewport: { width: 1280, height: 900 } }))
  await signIn(other, kept, 'manager')
  await other.getByRole('link', { name: 'Sharing', exact: true }).click()
  await sound(other, 'the directory', pages)
  await pictured(other, 'directory')
  await other.getByRole('link', { name: 'Sharing to approve' }).click()
  await sound(other, 'what waits for a decision', pages)
  await other.getByRole('link', { name: 'Look and decide' }).click()
  await other.getByText('Care Act 2014, section 42').waitFor()
  await sound(other, 'a decision', pages)
  await pictured(other, 'approval')
  await other.getByRole('button', { name: 'Approve exactly this' }).click()
  await other.getByText('Nothing waits for a decision').waitFor()
  await other.goto(`${kept.address}/notices/tell-again`)
  await sound(other, 'clients to tell again', pages)
})

test('every page passed is sound HTML', () => pages.check())
