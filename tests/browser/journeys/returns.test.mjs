// A manager looks at a return to those who pay, signs it first; the governance lead signs second and saves it.
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { after, before, test } from 'node:test'
import { signIn, startBrowser, startKept } from '../lib/kept.mjs'
import { Pages, pictured, sound, watched } from '../lib/checks.mjs'

let kept, browser, made
const pages = new Pages()

before(async () => {
  kept = await startKept(60)
  browser = await startBrowser()
})
after(async () => {
  await browser?.close()
  await kept?.stop()
})

async function as(role) {
  const page = await watched(await browser.newContext({ viewport: { width: 1280, height: 900 }, acceptDownloads: true }))
  await signIn(page, kept, role)
  return page
}

test('a manager looks at what would be told, and signs first', async () => {
  const page = await as('manager')
  await page.goto(`${kept.address}/programmes`)
  await page.getByRole('link', { name: 'Routes to Work' }).click()
  await page.getByRole('link', { name: 'Returns to those who pay' }).click()
  await sound(page, 'returns of a programme', pages)
  await page.getByLabel('Who gets it').selectOption({ label: 'Bay Counties Combined Authority' })
  await page.getByRole('button', { name: 'Look at it first' }).click()
  await page.getByRole('heading', { name: 'Put right first' }).waitFor()
  await sound(page, 'a return before it is signed', pages)
  await pictured(page, 'return')
  await page.getByRole('button', { name: 'Prepare and sign' }).click()
  await page.getByText('A second person signs it').waitFor()
  made = page.url()
  await sound(page, 'a return with one signature', pages)
})

test('the governance lead signs second, and only then a file leaves', async () => {
  const page = await as('governance')
  await page.goto(made)
  await page.getByRole('button', { name: 'Sign', exact: true }).click()
  await page.getByText('Signed by two').first().waitFor()
  await sound(page, 'a signed return', pages)
  const saving = page.waitForEvent('download')
  await page.getByRole('link', { name: 'CSV' }).click()
  const text = await readFile(await (await saving).path(), 'utf8')
  assert.match(text, /People who started,\d+/)
  assert.match(text, /Not for publication/)
})
