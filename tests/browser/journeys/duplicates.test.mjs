// Somebody who is on file already: an adviser meets them while registering; a manager makes two files one and parts them again.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { signIn, startBrowser, startKept } from '../lib/kept.mjs'
import { Pages, pictured, sound, watched } from '../lib/checks.mjs'

let kept, browser, page, manager
const pages = new Pages()

before(async () => {
  kept = await startKept(60)
  browser = await startBrowser()
  page = await watched(await browser.newContext({ viewport: { width: 1280, height: 900 } }))
  await signIn(page, kept, 'adviser')
  manager = await watched(await browser.newContext({ viewport: { width: 1280, height: 900 } }))
  await signIn(manager, kept, 'manager')
})
after(async () => {
  await browser?.close()
  await kept?.stop()
})

async function fill(name) {
  await page.goto(`${kept.address}/clients/register`)
  await page.getByLabel('On paper', { exact: true }).check()
  await page.getByLabel('In words').check()
  await page.getByLabel('Full name').fill(name)
  const born = page.getByRole('group', { name: 'Date of birth' })
  await born.getByLabel('Day').fill('14')
  await born.getByLabel('Month').fill('3')
  await born.getByLabel('Year').fill('1991')
  await page.getByLabel('Postcode').fill('NE1 4ST')
  await page.getByLabel('Mobile number').fill('07700 900 321')
}

test('an adviser meets a client who is already on file', async () => {
  await fill('Zephyr Quillfeather')
  await page.getByRole('button', { name: 'Register' }).click()
  await page.waitForURL(/details\/identity/)
  const file = page.url().replace(/\/details.*/, '')

  // While typing: below what is typed, without sending the form.
  await fill('Zefyr Quillfether')
  const place = page.locator('[data-on-file]')
  await place.getByRole('link', { name: 'Zephyr Quillfeather' }).waitFor()
  assert.match(await place.innerText(), /born 14 March 1991/)
  await sound(page, 'registering somebody who may be on file', pages)
  // And once more before a second file is made.
  await page.getByRole('button', { name: 'Register' }).click()
  await page.getByRole('heading', { name: 'Is it somebody who is on file already?' }).waitFor()
  assert.equal(await page.getByLabel('Full name').inputValue(), 'Zefyr Quillfether')
  await sound(page, 'is it somebody on file', pages)
  await pictured(page, 'on-file')
  await page.locator('#on-file').getByRole('link', { name: 'Zephyr Quillfeather' }).click()
  assert.equal(page.url(), file)
})

test('somebody else is registered all the same', async () => {
  await fill('Zefyr Quillfether')
  await page.getByRole('button', { name: 'Register' }).click()
  await page.getByLabel('It is somebody else: register them').check()
  await page.getByRole('button', { name: 'Register' }).click()
  await page.waitForURL(/details\/identity/)
})

test('a manager makes two files one and undoes it', async () => {
  await manager.getByRole('link', { name: 'The team' }).click()
  await manager.getByRole('link', { name: 'People who may be on file twice' }).click()
  await sound(manager, 'people who may be on file twice', pages)
  const row = manager.getByRole('row').filter({ hasText: 'Zephyr Quillfeather' })
  await row.getByRole('link', { name: /Compare/ }).click()
  await sound(manager, 'why both files', pages)
  await manager.getByLabel('Why do you look at both files?').fill('Two files of one person')
  await manager.getByRole('button', { name: 'Open both files' }).click()
  await manager.getByRole('heading', { name: 'Are these two files one person’s?' }).waitFor()
  await sound(manager, 'two files side by side', pages)
  await pictured(manager, 'side-by-side')
  await manager.getByRole('button', { name: 'Make them one file' }).click()
  await manager.getByText('There is a problem').waitFor()
  await sound(manager, 'two files, nothing chosen')
  await manager.getByLabel('Zephyr Quillfeather').check()
  await manager.getByRole('button', { name: 'Make them one file' }).click()
  await manager.getByText('The two files are one').waitFor()
  await sound(manager, 'two files made one', pages)
  await manager.getByLabel('Why are they two people after all?').fill('They are two people after all')
  await manager.getByRole('button', { name: 'Part the two files again' }).click()
  await manager.getByText('two files again, as they were').waitFor()
  await manager.getByRole('row').filter({ hasText: 'Zephyr Quillfeather' }).getByRole('button', { name: /Two people/ }).click()
  await manager.getByText('This pair is not shown again').waitFor()
  assert.equal(await manager.getByText('Zephyr Quillfeather').count(), 0)
})

test('a manager looks at what a list would bring in', async () => {
  await manager.goto(`${kept.address}/import`)
  await sound(manager, 'bring people in', pages)
  const list = 'Full name,Mobile,Last contact\nQuentin Larkspur,07700 900 455,27/10/2026\nWrong Number,12,27/10/2026\n'
  await manager.getByLabel('The list').setInputFiles({ name: 'list.csv', mimeType: 'text/csv', buffer: Buffer.from(list) })
  await manager.getByRole('button', { name: 'Look at its columns' }).click()
  await manager.getByRole('heading', { name: 'What is in the columns?' }).waitFor()
  await manager.getByLabel('On paper', { exact: true }).check()
  await manager.getByLabel('In words').check()
  await manager.locator('#adviser').selectOption({ index: 1 })
  await manager.getByRole('button', { name: 'Look what would happen' }).click()
  await manager.getByText('1 person would be brought in').waitFor()
  await sound(manager, 'what a list would bring in', pages)
  await manager.getByLabel(/Leave rows with faults out/).check()
  await manager.getByRole('button', { name: 'Bring them in' }).click()
  await manager.getByText('The list is brought in').waitFor()
  await sound(manager, 'a list brought in', pages)
})

test('every page passed is sound HTML', () => pages.check())
