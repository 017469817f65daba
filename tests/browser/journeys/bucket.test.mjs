// Documents in a bucket, over TLS: sent, looked at, downloaded, deleted.
import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { PNG } from 'pngjs'
import { binary, code, register, startBrowser } from '../lib/kept.mjs'
import { leftOut, startStore } from '../lib/s3.mjs'
import { Pages, sound, watched } from '../lib/checks.mjs'

const folder = mkdtempSync(join(tmpdir(), 'kept-bucket-'))
const config = join(folder, 'service', 'kept.toml')
const pages = new Pages()
const skip = leftOut && 'KEPT_TEST_S3_PYTHON=off'
let browser, address, service, store, page

const kept = (...words) => execFileSync(binary, words, { env: { ...process.env, KEPT_CONFIG: config }, encoding: 'utf8' })
const freePort = () => new Promise(resolve => {
  const server = createServer().listen(0, '127.0.0.1', () => {
    const { port } = server.address()
    server.close(() => resolve(port))
  })
})
const picture = (() => {
  const png = new PNG({ width: 64, height: 48 })
  png.data.fill(180)
  return PNG.sync.write(png)
})()

before(async () => {
  if (skip) return
  store = await startStore()
  kept('init', join(folder, 'service'))
  address = `http://127.0.0.1:${await freePort()}`
  const written = readFileSync(config, 'utf8').replaceAll('127.0.0.1:8080', address.slice('http://'.length))
  const bucket = `endpoint = "${store.endpoint}"\nregion = "eu-west-2"\nname = "kept"\nkey = "kept"\nsecret_file = "s3-secret"\nauthority_file = "${store.authority}"\n`
  writeFileSync(config, `${written}\n[documents.bucket]\n${bucket}`)
  writeFileSync(join(folder, 'service', 's3-secret'), store.secret, { mode: 0o600 })
  browser = await startBrowser()
})
after(async () => {
  await browser?.close()
  service?.kill('SIGTERM')
  await store?.stop()
  rmSync(folder, { recursive: true, force: true })
})

test('an adviser begins, with a client', { skip }, async () => {
  kept('user', 'add', '--role', 'administrator', '--name', 'Marek Thistlewood', '--email', 'marek@example.org')
  const said = kept('user', 'add', '--role', 'adviser', '--name', 'Ruth Calderbank', '--email', 'ruth@example.org')
  const invitation = said.match(/Code: +(\S+)/)[1]
  service = spawn(binary, ['serve'], { env: { ...process.env, KEPT_CONFIG: config }, stdio: 'ignore' })
  page = await watched(await browser.newContext({ viewport: { width: 1280, height: 900 } }))
  for (let tries = 0; tries < 100; tries += 1) {
    if (await fetch(`${address}/health`).then(answer => answer.ok, () => false)) break
    await new Promise(resolve => setTimeout(resolve, 100))
  }
  await page.goto(`${address}/welcome`)
  await page.getByLabel(/Email/).fill('ruth@example.org')
  await page.getByLabel(/code/i).fill(invitation)
  await page.getByLabel(/password/i).first().fill('copper kettle drifts north')
  await page.getByRole('button', { name: /Continue|Set|Next/ }).click()
  await page.waitForURL(/second-factor/)
  const secret = await page.locator('b.app-code').first().innerText()
  await page.getByLabel(/6-digit/).fill(code(secret.replace(/\s/g, '')))
  await page.getByRole('button', { name: 'Finish' }).click()
  await page.getByRole('link', { name: 'I have written them down' }).click()
  await page.goto(`${address}/clients`)
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
