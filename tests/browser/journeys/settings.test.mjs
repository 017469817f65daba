// Everybody's own way of working: lists close together, single keys that do something, and both switched off again.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { signIn, startBrowser, startKept } from '../lib/kept.mjs'
import { Pages, pictured, sound, watched } from '../lib/checks.mjs'

let kept, browser, page
const pages = new Pages()

before(async () => {
  kept = await startKept()
  browser = await startBrowser()
  page = await watched(await browser.newContext({ viewport: { width: 1280, height: 900 } }))
  await signIn(page, kept, 'adviser')
})
after(async () => {
  await browser?.close()
  await kept?.stop()
})

const rows = () => page.locator('table:has(#caseload-caption) tbody tr').first().evaluate(row => row.getBoundingClientRect().height)
const choose = async (lists, keys) => {
  await page.goto(`${kept.address}/account/settings`)
  await page.getByLabel(lists).check()
  await page.getByRole('group', { name: 'Should a single key do something?' }).getByLabel(keys).check()
  await page.getByRole('button', { name: 'Save my settings' }).click()
  await page.getByText('Your settings are saved').waitFor()
}

test('a single key does nothing until somebody wants it to', async () => {
  await page.goto(`${kept.address}/clients`)
  await pictured(page, 'caseload')
  await page.keyboard.press('d')
  await page.keyboard.press('?')
  assert.ok(page.url().endsWith('/clients'))
  assert.equal(await page.locator('dialog[open]').count(), 0)
  await page.getByRole('link', { name: 'My account' }).click()
  await page.getByRole('link', { name: /^My settings/ }).click()
  await sound(page, 'my settings', pages)
  await pictured(page, 'my-settings')
})

test('lists stand close together for whoever chose that', async () => {
  await page.goto(`${kept.address}/clients`)
  const before = await rows()
  await choose(/^Close together/, /^Yes/)
  await sound(page, 'my settings saved', pages)
  await page.goto(`${kept.address}/clients`)
  assert.ok(await rows() < before - 8, `${await rows()} instead of ${before}`)
  await sound(page, 'a caseload close together', pages)
  await pictured(page, 'caseload-compact')
  for (const [path, name] of [['/', 'today'], ['/tasks', 'tasks'], ['/diary', 'diary']]) {
    await page.goto(kept.address + path)
    await sound(page, `${name} close together`, pages)
    await pictured(page, `${name}-compact`)
  }
})

test('single keys lead to places, through lists, and say what they do', async () => {
  await page.goto(`${kept.address}/clients`)
  await page.keyboard.press('j')
  const names = page.locator('table:has(#caseload-caption) tbody th a')
  assert.ok(await names.nth(0).evaluate(link => link === document.activeElement))
  await page.keyboard.press('j')
  assert.ok(await names.nth(1).evaluate(link => link === document.activeElement))
  await page.keyboard.press('k')
  assert.ok(await names.nth(0).evaluate(link => link === document.activeElement))
  await page.keyboard.press('?')
  const dialog = page.getByRole('dialog', { name: 'Keyboard shortcuts' })
  await dialog.waitFor()
  await sound(page, 'the list of keys', pages)
  await pictured(page, 'shortcuts', false)
  await page.keyboard.press('t')
  assert.ok(page.url().endsWith('/clients'), 'not while the list is open')
  await page.keyboard.press('Escape')
  await page.keyboard.press('w')
  await page.waitForURL(/\/tasks$/)
  await page.keyboard.press('s')
  assert.equal(await page.evaluate(() => document.activeElement.id), 'q')
  // In a box a letter is a letter.
  await page.keyboard.type('dt')
  assert.equal(await page.locator('#q').inputValue(), 'dt')
  assert.ok(page.url().endsWith('/tasks'))
  await page.goto(`${kept.address}/clients/register`)
  await page.getByLabel('Full name').fill('Orla Tidewater')
  await page.locator('h1').click()
  await page.keyboard.press('t')
  assert.ok(page.url().endsWith('/clients/register'), 'what is typed is not left behind by a slip')
})

test('and whoever does not want them any more switches them off', async () => {
  await choose(/^With room/, 'No')
  await page.goto(`${kept.address}/clients`)
  await page.keyboard.press('t')
  assert.ok(page.url().endsWith('/clients'))
})

test('density needs no script', async () => {
  const plain = await watched(await browser.newContext({ javaScriptEnabled: false, storageState: await page.context().storageState() }))
  await plain.goto(`${kept.address}/account/settings`)
  await plain.getByLabel(/^Close together/).check()
  await plain.getByRole('button', { name: 'Save my settings' }).click()
  await plain.getByText('Your settings are saved').waitFor()
  assert.equal(await plain.locator('body.app-compact').count(), 1)
})

test('every page passed is sound HTML', () => pages.check())
