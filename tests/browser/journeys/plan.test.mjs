// What is planned and done with a client: goals, a signed plan, support, a check, a note put right.
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
  file = await register(page, 'Zephyr Quillfeather')
})
after(async () => {
  await browser?.close()
  await kept?.stop()
})

/** Fills the three boxes of a date. */
async function fill(legend, day, month, year) {
  const group = page.getByRole('group', { name: legend })
  await group.getByLabel('Day').fill(day)
  await group.getByLabel('Month').fill(month)
  await group.getByLabel('Year').fill(year)
}

// promise: P3
test('a goal needs a word, keeps what was typed, and shows what is due', async () => {
  await page.goto(file)
  await page.getByRole('link', { name: 'Plan', exact: true }).click()
  await sound(page, 'an empty plan', pages)
  await page.getByRole('link', { name: 'Add a goal' }).click()
  await sound(page, 'a new goal', pages)
  await page.getByLabel('What are the steps?').fill('Write a first draft\nAsk Sam to read it')
  await fill('By when?', '31', '2', '2027')
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByText('There is a problem').waitFor()
  await sound(page, 'a goal with faults')
  assert.match(await page.getByLabel('What are the steps?').inputValue(), /first draft/)
  await page.getByLabel('What is the goal?').fill('Have a CV ready')
  await fill('By when?', '28', '2', '2027')
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByRole('link', { name: 'Have a CV ready' }).waitFor()
  await sound(page, 'plan', pages)
  await page.getByRole('link', { name: 'File', exact: true }).click()
  await page.locator('#due').getByRole('link', { name: 'Goal to be reached' }).waitFor()
})

test('a plan is read together, signed by hand, and stays as it was agreed', async () => {
  await page.goto(`${file}/entries/in/plan`)
  await page.getByRole('link', { name: 'Read, print or sign the plan' }).click()
  await page.getByRole('button', { name: 'Agree and freeze the plan' }).click()
  await page.getByText('There is a problem').waitFor()
  await sound(page, 'a plan to sign', pages)
  const field = page.getByRole('img', { name: 'Field to sign by hand' })
  await field.scrollIntoViewIfNeeded()
  const box = await field.boundingBox()
  await page.mouse.move(box.x + 40, box.y + 90)
  await page.mouse.down()
  for (let step = 1; step < 30; step += 1) await page.mouse.move(box.x + 40 + step * 12, box.y + 90 + 40 * Math.sin(step / 2))
  await page.mouse.up()
  assert.ok(await page.getByLabel('By hand, in the box below').isChecked())
  await page.getByLabel('Who else was there?').fill('Sam Lee, support worker')
  await pictured(page, 'plan')
  await page.getByRole('button', { name: 'Agree and freeze the plan' }).click()
  await page.getByRole('heading', { name: /Plan 1 agreed: 1 goal/ }).waitFor()
  await page.getByRole('img', { name: 'The client’s signature' }).waitFor()
  await page.getByText(/seen by Sam Lee/).waitFor()
  await sound(page, 'an agreed plan', pages)
})

test('support, a referral, a barrier and a check are written and listed', async () => {
  const write = async (group, link, fields) => {
    await page.goto(`${file}/entries/in/${group}`)
    await page.getByRole('link', { name: link }).click()
    await fields()
    await sound(page, link, pages)
    await page.getByRole('button', { name: 'Save' }).click()
    await page.waitForURL(new RegExp(`/entries/in/${group}\\?saved=1$`))
  }
  await write('support', 'Record support', async () => {
    await page.getByLabel('Travel', { exact: true }).check()
    await page.getByLabel('What was it?').fill('Bus pass, 4 weeks')
    await page.getByLabel('What did it cost us?').fill('63.20')
    await page.getByRole('checkbox', { name: /Have a CV ready/ }).check()
  })
  await page.getByRole('link', { name: 'Travel, Bus pass, 4 weeks' }).click()
  await page.getByText('£63.20').waitFor()
  await page.locator('#about').getByRole('link', { name: /Have a CV ready/ }).waitFor()
  await write('support', 'Record a referral', async () => {
    await page.getByLabel('From us to').check()
    await page.getByLabel('Which organisation?').fill('Quay Debt Advice')
    await page.getByLabel('The client, who tells or hands over what they wish').check()
    await page.getByLabel('What for?').fill('Rent arrears')
  })
  await write('plan', 'Add a barrier', async () => {
    await page.getByLabel('Getting to work').check()
  })
  await write('checks', 'Record a right-to-work check', async () => {
    await page.getByLabel('Original document seen').check()
    await page.getByLabel('Yes, with an end or with limits').check()
    await fill('When do we check again?', '1', '6', '2027')
    // A document that ends has to be named, with its end.
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByRole('link', { name: /Choose which document was seen/ }).waitFor()
    await page.getByLabel('Current passport showing stay and work permission').check()
    await fill('When does the permission end?', '1', '7', '2027')
  })
  await page.getByRole('link', { name: 'File', exact: true }).click()
  for (const line of ['Support: Travel, Bus pass, 4 weeks', 'Referral: From us to, Quay Debt Advice', 'Barrier: Getting to work']) {
    await page.getByRole('heading', { name: line }).waitFor()
  }
  await page.locator('#due').getByRole('link', { name: 'Right to work: check again' }).waitFor()
})

test('a goal that is changed shows what it was', async () => {
  await page.goto(`${file}/entries/in/plan`)
  await page.getByRole('link', { name: 'Have a CV ready' }).click()
  await page.getByRole('link', { name: 'Change this' }).click()
  await sound(page, 'changing a goal', pages)
  await page.getByLabel('Reached').check()
  await page.getByLabel('How did it go?').fill('Two versions, one for care work')
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByRole('heading', { name: /Goal, ended: Have a CV ready/ }).waitFor()
  await page.locator('#history').getByText('Reached').waitFor()
  await sound(page, 'an entry with history', pages)
})

test('a note is put right with a reason, and the wrong one stays', async () => {
  await page.goto(file)
  await page.getByLabel('Note', { exact: true }).fill('Came with her sister.')
  await page.getByRole('button', { name: 'Save note' }).click()
  await page.locator('#timeline').getByText('Came with her sister.').waitFor()
  await page.locator('#timeline').getByRole('link', { name: /^Open Meeting/ }).first().click()
  await page.getByRole('link', { name: 'Correct this' }).click()
  await page.getByLabel('Note', { exact: true }).fill('Came with her brother.')
  await page.getByRole('button', { name: 'Save correction' }).click()
  await page.getByText('There is a problem').waitFor()
  assert.equal(await page.getByLabel('Note', { exact: true }).inputValue(), 'Came with her brother.')
  await sound(page, 'a correction without a reason', pages)
  await page.getByLabel('Why do you correct it?').fill('It was her brother')
  await page.getByRole('button', { name: 'Save correction' }).click()
  await page.locator('#history').getByText('Came with her sister.').waitFor()
  await page.getByText('It was her brother').waitFor()
})

test('a job is judged by the rules line by line, and says which evidence is missing', async () => {
  await page.goto(`${file}/entries/in/outcomes`)
  await page.getByRole('link', { name: 'What counts, and why' }).click()
  await page.getByText('No work or learning is recorded yet').waitFor()
  await sound(page, 'outcomes without work', pages)
  await page.goto(`${file}/entries/new/spell`)
  await page.getByLabel('A job', { exact: true }).check()
  const now = new Date(), today = [now.getDate(), now.getMonth() + 1, now.getFullYear()].map(String)
  await fill('First day', ...today)
  await page.getByRole('button', { name: 'Save' }).click()
  await page.goto(`${file}/outcomes`)
  const start = page.locator('#job-start')
  await start.getByText('Evidence missing').waitFor()
  await start.getByText('Get:').waitFor()
  await sound(page, 'outcomes', pages)
  await page.getByRole('link', { name: 'Connect to Work' }).click()
  await page.getByText('These rules have not been confirmed').first().waitFor()
})

test('the journey is a picture that says the same as its list', async () => {
  await page.goto(file)
  await page.getByRole('link', { name: 'As a picture' }).click()
  await page.getByRole('img', { name: /The journey of Zephyr/ }).waitFor()
  assert.match(await page.locator('#journey-text').textContent(), /Plan: [1-9]/)
  await page.getByRole('cell', { name: 'Have a CV ready' }).waitFor()
  await sound(page, 'journey', pages)
  await pictured(page, 'journey')
})

test('every page passed is sound HTML', () => pages.check())
