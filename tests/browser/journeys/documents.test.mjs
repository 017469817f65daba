// Documents and paper: send, look, a new version, download, delete; a label, a loan; cover for a colleague; a hand-over.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, test } from 'node:test'
import { PNG } from 'pngjs'
import { signIn, startBrowser, startKept } from '../lib/kept.mjs'
import { Pages, pictured, sound, watched } from '../lib/checks.mjs'

let kept, browser, context, page, file
const pages = new Pages()

const picture = (() => {
  const png = new PNG({ width: 64, height: 48 })
  png.data.fill(180)
  return PNG.sync.write(png)
})()
const pdf = Buffer.from('%PDF-1.4\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n2 0 obj\n<< /Type /Pages /Kids [] /Count 0 >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n')

before(async () => {
  kept = await startKept()
  browser = await startBrowser()
  context = await browser.newContext({ viewport: { width: 1280, height: 900 } })
  page = await watched(context)
})
after(async () => {
  await browser?.close()
  await kept?.stop()
})

test('a document is sent; what is disguised comes back with what was typed', async () => {
  await signIn(page, kept, 'adviser', 1)
  await page.goto(`${kept.address}/clients`)
  await sound(page, 'my clients', pages)
  await page.getByRole('link', { name: 'Name', exact: true }).count()
  await page.locator('#caseload-caption').waitFor({ state: 'attached' })
  await page.locator('table a.govuk-link').last().click()
  await page.getByRole('link', { name: 'Documents and paper' }).click()
  file = page.url()
  await sound(page, 'documents of a client', pages)
  await page.getByLabel('Title').fill('First payslip')
  await page.getByLabel('What is it?').first().selectOption('earnings')
  await page.getByLabel('File', { exact: true }).setInputFiles({ name: 'payslip.png', mimeType: 'image/png', buffer: Buffer.from('<svg/>') })
  await page.getByRole('button', { name: 'Add the document' }).click()
  await page.getByText('There is a problem').waitFor()
  assert.equal(await page.getByLabel('Title').inputValue(), 'First payslip')
  await sound(page, 'documents with a fault', pages)
  await page.getByLabel('File', { exact: true }).setInputFiles({ name: 'payslip.png', mimeType: 'image/png', buffer: picture })
  await page.getByRole('button', { name: 'Add the document' }).click()
  await page.getByRole('heading', { name: 'First payslip' }).waitFor()
  await sound(page, 'a document', pages)
  const shown = page.locator('.app-picture img')
  await shown.waitFor()
  assert.equal(await shown.evaluate(image => image.complete ? image.naturalWidth : new Promise(done => { image.onload = () => done(image.naturalWidth) })), 64)
  await pictured(page, 'document')
})

test('a new version replaces the older one, which is kept; both can be downloaded', async () => {
  await page.getByLabel('File', { exact: true }).setInputFiles({ name: 'payslip.pdf', mimeType: 'application/pdf', buffer: pdf })
  await page.getByRole('button', { name: 'Add the new version' }).click()
  await page.getByText('The new version is in the file').waitFor()
  const rows = page.locator('#versions tbody tr')
  assert.equal(await rows.count(), 2)
  for (const [row, bytes] of [[0, pdf], [1, picture]]) {
    const coming = page.waitForEvent('download')
    await rows.nth(row).getByRole('link', { name: /^Download/ }).click()
    const download = await coming
    assert.deepEqual(readFileSync(await download.path()), bytes)
  }
  const answer = await page.request.get(`${page.url().split('?')[0]}/2/view`)
  assert.match(answer.headers()['content-security-policy'], /^sandbox; default-src 'none'/)
  assert.equal(answer.headers()['content-type'], 'application/pdf')
})

// promise: P14
test('paper gets a label without a name, is lent and comes back', async () => {
  await page.goto(file)
  await page.getByLabel('What is it?').last().fill('Signed agreement')
  await page.getByLabel('Room').fill('Filing room')
  await page.getByLabel('Cabinet').fill('Cabinet B')
  await page.getByLabel('Folder').fill('14')
  await page.getByRole('button', { name: 'Add the paper' }).click()
  await page.getByText('The paper is in the register').waitFor()
  await pictured(page, 'documents-and-paper')
  await page.locator('#paper-list-caption').waitFor({ state: 'attached' })
  await page.locator('#paper table a').last().click()
  await sound(page, 'a paper', pages)
  await pictured(page, 'paper-label')
  const label = await page.locator('.app-label').innerText()
  assert.match(label, /^P-1\d{4}\s+Filing room, Cabinet B, 14$/)
  await page.emulateMedia({ media: 'print' })
  assert.ok(!(await page.locator('main').innerText()).includes('Signed agreement'), 'only the label is printed')
  await page.emulateMedia({ media: null })
  await page.getByRole('button', { name: 'Lend' }).click()
  await page.getByText('Lent until').first().waitFor()
  await page.goto(`${kept.address}/paper`)
  await sound(page, 'the register of paper', pages)
  await pictured(page, 'paper')
  await page.getByLabel('Find paper by its label').fill(label.split('\n')[0])
  await page.getByRole('button', { name: 'Find', exact: true }).last().click()
  await page.getByRole('button', { name: 'It is back in its place' }).click()
  await page.getByText('In its place').waitFor()
})

test('a document is deleted for good', async () => {
  await page.goto(file)
  await page.getByRole('link', { name: 'First payslip' }).click()
  await page.getByText('Delete this document').click()
  await page.getByRole('button', { name: 'Delete for good' }).click()
  await page.getByText('The document is deleted').waitFor()
  assert.equal(await page.getByRole('link', { name: 'First payslip' }).count(), 0)
})

test('a colleague who is away is covered, and a manager hands clients over', async () => {
  await page.goto(`${kept.address}/cover`)
  await sound(page, 'cover', pages)
  await pictured(page, 'cover')
  await context.clearCookies()
  await signIn(page, kept, 'adviser', 0)
  await page.goto(`${kept.address}/clients`)
  assert.ok(await page.getByText('Cover for Bernadette Fearnley').count() > 0)
  await context.clearCookies()
  await signIn(page, kept, 'manager')
  await page.getByRole('link', { name: 'The team' }).click()
  await page.getByRole('link', { name: 'Hand clients over' }).click()
  await sound(page, 'whose clients', pages)
  await page.getByLabel('Whose clients?').selectOption({ label: 'Tomos Arkwright' })
  await page.getByRole('button', { name: 'Continue' }).click()
  await sound(page, 'clients to hand over', pages)
  await page.getByLabel('Who takes them?').selectOption({ label: 'Ruth Calderbank' })
  await page.getByLabel('Why?').selectOption('spread')
  for (const box of await page.getByRole('checkbox').all()) await box.check()
  const count = await page.getByRole('checkbox').count()
  await page.getByRole('button', { name: 'Hand over the ticked clients' }).click()
  await page.getByText(`${count} clients handed over`).waitFor({ timeout: 20000 })
  await sound(page, 'a hand-over', pages)
  await pictured(page, 'hand-over')
})

test('every page is sound HTML', () => pages.check())
