// A client asks for their data: taken in by their adviser, worked off by the lead, a second person looks, the copy is handed over.
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { after, before, test } from 'node:test'
import { register, signIn, startBrowser, startKept } from '../lib/kept.mjs'
import { Pages, pictured, sound, watched } from '../lib/checks.mjs'

let kept, browser, page, lead, manager, file, request
const pages = new Pages()

before(async () => {
  kept = await startKept(60)
  browser = await startBrowser()
  const signed = async role => {
    const one = await watched(await browser.newContext({ viewport: { width: 1280, height: 900 }, acceptDownloads: true }))
    await signIn(one, kept, role)
    return one
  }
  page = await signed('adviser')
  lead = await signed('governance')
  manager = await signed('manager')
  file = await register(page, 'Zephyr Quillfeather')
  await page.goto(file)
  await page.getByRole('textbox', { name: 'Note' }).fill('Came with a neighbour, Sandra Quill, who is ill.')
  await page.getByRole('button', { name: 'Save note' }).click()
  await page.getByRole('link', { name: 'Documents and paper' }).click()
  await page.getByLabel('Title').fill('What they brought')
  await page.getByLabel('What is it?').first().selectOption({ index: 1 })
  const brought = Buffer.from('To whom it may concern.\nSandra Quill lets me use her telephone.\n')
  await page.getByLabel('File', { exact: true }).setInputFiles({ name: 'brought.txt', mimeType: 'text/plain', buffer: brought })
  await page.getByRole('button', { name: 'Add the document' }).click()
  await page.getByRole('heading', { name: 'What they brought' }).waitFor()
})
after(async () => {
  await browser?.close()
  await kept?.stop()
})

// promise: P21
test('the adviser writes the request down in three clicks', async () => {
  await page.goto(file)
  await page.getByRole('link', { name: 'Rights', exact: true }).click()
  await sound(page, 'rights in a file', pages)
  await page.getByRole('button', { name: 'Write it down' }).click()
  await page.getByText('There is a problem').waitFor()
  await sound(page, 'a request with faults', pages)
  await page.getByLabel('A copy of what we hold').check()
  await page.getByLabel('By phone').check()
  await page.getByLabel('What did they say?').fill('I want to see everything you have on me')
  await page.getByRole('button', { name: 'Write it down' }).click()
  await page.getByText('Written down. The clock runs').waitFor()
})

test('the lead sees it in the queue with its day, and writes down what was done', async () => {
  await lead.getByRole('link', { name: 'Requests', exact: true }).click()
  await sound(lead, 'the queue of requests', pages)
  await pictured(lead, 'requests')
  await lead.locator('#open-caption').locator('xpath=..').getByRole('link').first().click()
  request = lead.url()
  await lead.getByText('I want to see everything you have on me').waitFor()
  await sound(lead, 'a request', pages)
  await pictured(lead, 'request')
  await lead.getByLabel('What was done', { exact: true }).selectOption('searched')
  await lead.getByLabel('What there is to say').fill('The file, paper and emails')
  await lead.getByRole('button', { name: 'Write it down' }).click()
  await lead.getByText('The file, paper and emails').waitFor()
})

test('what is about somebody else is marked, and the copy waits for a second person', async () => {
  await lead.getByRole('link', { name: 'Read and mark the copy' }).click()
  await sound(lead, 'the copy to read', pages)
  const option = await lead.locator('#part option').filter({ hasText: 'Meeting' }).first().getAttribute('value')
  await lead.getByLabel('In which part').selectOption(option)
  await lead.getByLabel('Which words').fill('Sandra Quill, who is ill')
  await lead.getByLabel('Why', { exact: true }).fill('A neighbour and her health: she was not asked')
  await lead.getByRole('button', { name: 'Mark it' }).click()
  await lead.locator('#marks').getByText('Waits for a second person').waitFor()
  // In a document: its words are there to be looked through, and can be taken out.
  await lead.getByText('The words of What they brought').click()
  await lead.getByText('Sandra Quill lets me use her telephone.').waitFor()
  await sound(lead, 'the copy with the words of a document', pages)
  await pictured(lead, 'copy-document')
  await lead.getByRole('link', { name: 'Take something out of: What they brought' }).click()
  await lead.getByLabel('Which words').fill('Sandra Quill')
  await lead.getByLabel('Why', { exact: true }).fill('The same neighbour: she was not asked')
  await lead.getByRole('button', { name: 'Mark it' }).click()
  await lead.locator('#marks').getByText('in: What they brought').first().waitFor()
  await lead.goto(`${request}/print`)
  await lead.getByText('waits for a second person').waitFor()
})

test('the manager sees the line and agrees', async () => {
  await manager.getByRole('link', { name: 'Requests', exact: true }).click()
  await manager.getByRole('link', { name: 'Look at what is taken out' }).click()
  await manager.getByText('Came with a neighbour, Sandra Quill, who is ill.').waitFor()
  await sound(manager, 'marks to review', pages)
  await manager.getByText('Sandra Quill lets me use her telephone.').waitFor()
  await manager.getByLabel('Take it out').first().check()
  await manager.getByLabel('Take it out').last().check()
  await manager.getByRole('button', { name: 'Save what I decided' }).click()
  await manager.getByText('Nothing here waits for you').waitFor()
})

test('the copy to print and the file hold everything but that', async () => {
  await lead.goto(`${request}/print`)
  await sound(lead, 'the copy to print', pages)
  await pictured(lead, 'access-copy', false)
  const shown = await lead.locator('main').innerText()
  assert.ok(shown.includes('Zephyr Quillfeather') && shown.includes('[removed]') && !shown.includes('Sandra'))
  await lead.goto(request)
  const [made] = await Promise.all([lead.waitForEvent('download'), lead.getByRole('link', { name: 'The copy as a file' }).click()])
  assert.match(made.suggestedFilename(), /^R-\d+\.zip$/)
  const bytes = await readFile(await made.path(), 'latin1')
  assert.ok(bytes.includes('kept-access-1') && bytes.includes('Zephyr') && !bytes.includes('Sandra'))
  assert.ok(bytes.includes('documents/01-brought.txt.txt') && bytes.includes('[removed] lets me use her telephone.'))
  // The files of the zip are stored as they are: the PDF is the first.
  const printed = bytes.slice(bytes.indexOf('%PDF-1.7'), bytes.indexOf('%%EOF'))
  for (const mark of ['/StructTreeRoot', '/Marked true', 'pdfuaid:part', '(en-GB)']) assert.ok(printed.includes(mark), mark)
})

test('it is decided with its ground, the letter says how to complain, and the clock closes', async () => {
  await lead.goto(request)
  await lead.getByLabel('Granted in part').check()
  await lead.getByLabel('It would tell about somebody else').check()
  await lead.getByLabel('Why?', { exact: true }).fill('You get everything but what is about a neighbour.')
  await lead.getByRole('button', { name: 'Decide' }).click()
  await lead.getByRole('link', { name: 'Our answer' }).click()
  await lead.getByText('sections 164A, 165 and 167').waitFor()
  await sound(lead, 'a letter', pages)
  await lead.goto(request)
  await lead.getByLabel('What was done', { exact: true }).selectOption('sent')
  await lead.getByRole('button', { name: 'Write it down' }).click()
  await lead.getByText('Answer sent').waitFor()
  await lead.goto(`${kept.address}/requests`)
  await lead.getByText('Nothing is open').waitFor()
})

// promise: P21
test('somebody without a file gets a number, and is told that nothing is held', async () => {
  await page.locator('#q').fill('Quorvane Zzyx')
  await page.locator('#q').press('Enter')
  await page.getByRole('link', { name: 'Write it down' }).click()
  await sound(page, 'a request without a file', pages)
  await pictured(page, 'request-without-file')
  await page.getByLabel('A copy of what we hold').check()
  await page.getByLabel('In a letter').check()
  await page.getByRole('button', { name: 'Write it down' }).click()
  await page.getByText('Write R-').waitFor()
  await sound(page, 'a number for a request without a file', pages)

  await lead.goto(`${kept.address}/requests`)
  await lead.getByRole('row', { name: 'Nobody on file' }).getByRole('link').click()
  await sound(lead, 'a request of somebody without a file', pages)
  await pictured(lead, 'request-of-nobody')
  await lead.getByLabel('We hold nothing about them').check()
  await lead.getByRole('button', { name: 'Decide' }).click()
  await lead.getByRole('link', { name: 'Our answer' }).click()
  await lead.getByText('We searched, and hold nothing about you.').waitFor()
  await sound(lead, 'the answer that nothing is held', pages)
})

test('every page passed is sound HTML', () => pages.check())
