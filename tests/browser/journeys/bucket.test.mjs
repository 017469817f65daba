// Documents in a bucket, over TLS: sent, looked at, downloaded, deleted.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, test } from 'node:test'
import { PNG } from 'pngjs'
import { register, startBrowser } from '../lib/kept.mjs'
import { leftOut, startStore } from '../lib/s3.mjs'
import { beginAsAdviser, newService } from '../lib/service.mjs'
import { Pages, sound, watched } from '../lib/checks.mjs'

const pages = new Pages()
const skip = leftOut && 'KEPT_TEST_S3_PYTHON=off'
let browser, service, store, page

const picture = (() => {
  const png = new PNG({ width: 64, height: 48 })
  png.data.fill(180)
  return PNG.sync.write(png)
})()

before(async () => {
  if (skip) return
  store = await startStore()
  const bucket = `endpoint = "${store.endpoint}"\nregion = "eu-west-2"\nname = "kept"\nkey = "kept"\nsecret_file = "s3-secret"\nauthority_file = "${store.authority}"\n`
  service = await newService(`[documents.bucket]\n${bucket}`, { 's3-secret': store.secret })
  browser = await startBrowser()
})
after(async () => {
  await browser?.close()
  service?.stop()
  await store?.stop()
})

test('an adviser begins, with a client', { skip }, async () => {
  page = await watched(await browser.newContext({ viewport: { width: 1280, height: 900 } }))
  await beginAsAdviser(page, service)
  await register(page, 'Daniel Whitfield')
})

// promise: P14
test('a document goes into the bucket, is looked at, downloaded and deleted', { skip }, async () => {
  await page.getByRole('link', { name: 'Documents and paper' }).click()
  await page.getByLabel('Title').fill('First payslip')
  await page.getByLabel('What is it?').first().selectOption('earnings')
  await page.getByLabel('File', { exact: true }).setInputFiles({ name: 'payslip.png', mimeType: 'image/png', buffer: picture })
  await page.getByRole('button', { name: 'Add the document' }).click()
  await page.getByRole('heading', { name: 'First payslip' }).waitFor()
  assert.equal((await store.list()).length, 1)
  await sound(page, 'a document in a bucket', pages)
  const shown = page.locator('.app-picture img')
  await shown.waitFor()
  assert.equal(await shown.evaluate(image => image.complete ? image.naturalWidth : new Promise(done => { image.onload = () => done(image.naturalWidth) })), 64)
  const coming = page.waitForEvent('download')
  await page.getByRole('link', { name: /^Download/ }).click()
  assert.deepEqual(readFileSync(await (await coming).path()), picture)
  await page.getByText('Delete this document').click()
  await page.getByRole('button', { name: 'Delete for good' }).click()
  await page.getByText('The document is deleted').waitFor()
  assert.deepEqual(await store.list(), [])
})

test('every page is sound HTML', { skip }, () => pages.check())
