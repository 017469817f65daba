// A client joins a programme: its notice shown, agreement recorded, support paid out of its money, a referral answered.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { register, signIn, startBrowser, startKept } from '../lib/kept.mjs'
import { Pages, pictured, sound, watched } from '../lib/checks.mjs'

let kept, browser, page, file
const pages = new Pages()

before(async () => {
  kept = await startKept(60)
  browser = await startBrowser()
  page = await watched(await browser.newContext({ viewport: { width: 1280, height: 900 } }))
  await signIn(page, kept, 'adviser')
  file = await register(page, 'Orla Tidewater', '07700 900 322')
})
after(async () => {
  await browser?.close()
  await kept?.stop()
})

test('programmes are listed with their places and money', async () => {
  await page.getByRole('link', { name: 'Programmes', exact: true }).first().click()
  await page.getByRole('link', { name: 'Routes to Work' }).waitFor()
  await sound(page, 'programmes', pages)
  await page.getByRole('link', { name: 'Skills Ladder' }).click()
  await page.getByRole('heading', { name: 'Who may join' }).waitFor()
  await sound(page, 'a programme', pages)
  await pictured(page, 'programme')
})

// promise: P13
test('the notice is shown, what is missing is said, and the agreement is recorded', async () => {
  await page.goto(`${file}/programmes`)
  await sound(page, 'no programme yet', pages)
  await page.getByRole('link', { name: 'Place on Skills Ladder' }).click()
  await page.getByText('Skills Ladder pays for short courses').first().waitFor()
  await sound(page, 'placing', pages)
  const fill = async () => {
    await page.getByRole('group', { name: 'Aged 16 or over' }).getByLabel('Signed statement of the client').check()
    await page.getByRole('group', { name: 'Lives in Northbridge' }).getByLabel('Found in the council’s own records').check()
    await page.getByRole('group', { name: /Out of work/ }).getByLabel('Signed statement of the client').check()
    await page.getByLabel('No pay: out of work').check()
    await page.getByLabel('Course or licence').fill('Forklift licence')
    await page.getByLabel('Shown on screen').check()
    await page.getByLabel('Signed on paper').check()
    await page.getByLabel('The client begins today').check()
  }
  await fill()
  await page.getByRole('button', { name: 'Place on Skills Ladder' }).click()
  await page.getByText('There is a problem').waitFor()
  await sound(page, 'placing with faults', pages)
  assert.equal(await page.getByLabel('Course or licence').inputValue(), 'Forklift licence')
  await page.getByRole('link', { name: /^Record it.*Date of birth/ }).click()
  const born = page.getByRole('group', { name: /date of birth/i })
  await born.getByLabel('Day').fill('14')
  await born.getByLabel('Month').fill('3')
  await born.getByLabel('Year').fill('1991')
  await page.getByRole('button', { name: 'Save' }).click()
  await page.goto(`${file}/programmes`)
  await page.getByRole('link', { name: 'Place on Skills Ladder' }).click()
  await fill()
  await page.getByRole('button', { name: 'Place on Skills Ladder' }).click()
  await page.getByText('The notice and the agreement are recorded').waitFor()
  await page.locator('#placement').getByText(/72 months after the client leaves/).waitFor()
  await sound(page, 'a placement', pages)
  await pictured(page, 'placement')
})

// promise: P3
test('support with its cost is paid out of the programme', async () => {
  await page.locator('#written').getByRole('link', { name: 'Record support' }).click()
  await page.getByLabel('Training course').check()
  await page.getByLabel('What was it?').fill('Forklift licence, five days')
  await page.getByLabel('What did it cost us?').fill('385')
  await page.getByRole('group', { name: 'Which programme does it belong to?' }).getByLabel(/Skills Ladder/).check()
  await sound(page, 'support of a programme', pages)
  await page.getByRole('button', { name: 'Save' }).click()
  await page.waitForURL(/\/entries\/in\/support/)
  await page.getByRole('link', { name: /Training course, Forklift licence/ }).click()
  await page.getByText('is kept as its notice says').waitFor()
})

// promise: P13
test('a document is put with the programme and stands on its page', async () => {
  await page.goto(`${file}/programmes`)
  await page.getByRole('link', { name: 'Skills Ladder' }).first().click()
  await page.locator('#documents').getByRole('link', { name: 'Add a document' }).click()
  const group = page.getByRole('group', { name: 'Which programme does it belong to?' })
  assert.ok(await group.getByLabel('Skills Ladder').isChecked(), 'chosen already')
  await sound(page, 'adding a document of a programme', pages)
  await page.locator('#add-document').getByLabel('What is it?').selectOption('certificate')
  await page.getByLabel('File', { exact: true }).setInputFiles({ name: 'licence.txt', mimeType: 'text/plain', buffer: Buffer.from('Forklift licence') })
  await page.getByRole('button', { name: 'Add the document' }).click()
  await page.getByText('is kept as its notice says').waitFor()
  await page.goto(`${file}/programmes`)
  await page.getByRole('link', { name: 'Skills Ladder' }).first().click()
  await page.locator('#documents').getByRole('link', { name: 'licence' }).waitFor()
  await sound(page, 'a placement with a document', pages)
})

// promise: P13
test('a document is kept with the file itself, and with the programme again', async () => {
  await page.locator('#documents').getByRole('link', { name: 'licence' }).click()
  await page.getByLabel('Keep it with').selectOption({ label: 'The file itself' })
  await sound(page, 'a document that can be kept elsewhere', pages)
  await page.getByRole('button', { name: 'Keep it there' }).click()
  await page.getByText('kept there from now on').waitFor()
  assert.equal(await page.getByText('is kept as its notice says').count(), 0)
  await page.getByLabel('Keep it with').selectOption({ label: 'Skills Ladder' })
  await page.getByRole('button', { name: 'Keep it there' }).click()
  await page.getByText('is kept as its notice says').waitFor()
  const text = await page.request.get(`${page.url().split('?')[0]}/1/view`)
  assert.equal(await text.text(), 'Forklift licence')
})

// promise: P3
test('a referral goes out, is chased, and is answered', async () => {
  await page.goto(`${file}/entries/new/referral`)
  await page.getByLabel('From us to').check()
  await page.getByLabel('Which organisation?').fill('Harbour College')
  await page.getByLabel(/The client, who tells/).check()
  await page.getByLabel('What for?').fill('Level 2 maths, evening class')
  await page.getByLabel('Usual').check()
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByRole('link', { name: /From us to, Harbour College/ }).click()
  await page.getByText(/if nobody has answered/).waitFor()
  await sound(page, 'a referral', pages)
  await page.getByRole('button', { name: 'Save this step' }).click()
  await page.getByText('There is a problem').waitFor()
  await sound(page, 'a step with faults')
  await page.getByLabel('Accepted').check()
  await page.getByRole('button', { name: 'Save this step' }).click()
  await page.locator('#steps').getByText('Accepted').waitFor()
  await page.getByRole('link', { name: 'This organisation in the directory' }).click()
  await page.getByRole('link', { name: 'Harbour College' }).click()
  await page.getByRole('heading', { name: 'Harbour College' }).waitFor()
  await sound(page, 'an organisation', pages)
  await page.goto(file)
  assert.equal(await page.locator('#due').getByText('Referral without an answer').count(), 0)
})

test('whoever leaves is asked why, and the day on which the facts go is said', async () => {
  await page.goto(`${file}/programmes`)
  await page.getByRole('link', { name: 'Skills Ladder' }).first().click()
  await page.getByRole('button', { name: 'End this placement' }).click()
  await page.getByText('There is a problem').waitFor()
  await page.getByLabel('Why', { exact: true }).selectOption('completed')
  await page.getByRole('button', { name: 'End this placement' }).click()
  await page.getByText(/The facts for Skills Ladder are erased on/).first().waitFor()
  await sound(page, 'a placement that ended', pages)
})

test('every page passed is sound HTML', () => pages.check())
