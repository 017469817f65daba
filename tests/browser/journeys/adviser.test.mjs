// An adviser's day, as far as first light goes: sign in, find, read, note, change, look back.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import ICAL from 'ical.js'
import { signIn, startBrowser, startKept } from '../lib/kept.mjs'
import { Pages, pictured, sound, watched } from '../lib/checks.mjs'

let kept, browser, context, page
const pages = new Pages()

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

test('signing in shows the pages that lead there', async () => {
  await page.goto(kept.address)
  await page.waitForURL(/sign-in/)
  await sound(page, 'sign in', pages)
  await page.getByLabel('Email address').fill('nobody@example.org')
  await page.getByLabel('Password', { exact: true }).fill('wrong')
  await page.getByRole('button', { name: 'Continue' }).click()
  await page.getByText('There is a problem').waitFor()
  assert.equal(await page.getByLabel('Email address').inputValue(), 'nobody@example.org')
  await signIn(page, kept, 'adviser')
  assert.match(await page.title(), /^Today/)
  await sound(page, 'today', pages)
  await pictured(page, 'today')
})

// promise: P12
test('registering takes a name and one way of contact; the rest can be skipped', async () => {
  await page.getByRole('link', { name: 'Register a client' }).click()
  await sound(page, 'register', pages)
  await pictured(page, 'register')
  await page.getByRole('button', { name: 'Register' }).click()
  await page.getByText('There is a problem').waitFor()
  await sound(page, 'register with faults')
  await page.getByLabel('On paper', { exact: true }).check()
  await page.getByLabel('In words').check()
  await page.getByLabel('Full name').fill('Zephyr Quillfeather')
  await page.getByLabel('Mobile number').fill('07700 900 321')
  await page.getByRole('button', { name: 'Register' }).click()
  for (const name of ['identity', 'work', 'household', 'right-to-work', 'needs', 'equality']) {
    await page.waitForURL(new RegExp(`/details/${name}`))
    await sound(page, `questions ${name}`, pages)
    if (name === 'identity') {
      await page.getByLabel('Day').fill('31')
      await page.getByLabel('Month').fill('2')
      await page.getByLabel('Year').fill('1991')
      await page.getByRole('button', { name: 'Save and continue' }).click()
      await page.getByText('There is a problem').waitFor()
      assert.equal(await page.getByLabel('Day').inputValue(), '31')
      await page.getByLabel('Day').fill('14')
      await page.getByLabel('Month').fill('march')
      await page.getByRole('button', { name: 'Save and continue' }).click()
    } else if (name === 'equality') {
      assert.ok((await page.getByLabel('Prefer not to say').count()) >= 4)
      await page.getByLabel('Prefer not to say').first().check()
      await page.getByRole('button', { name: 'Save and continue' }).click()
    } else {
      await page.getByRole('link', { name: 'Skip this page' }).click()
    }
  }
  await page.getByRole('heading', { name: 'Zephyr Quillfeather' }).waitFor()
  assert.ok(!(await page.title()).includes('Zephyr'), 'names are not in titles')
  assert.match(await page.locator('main').innerText(), /14 March 1991/)
})

test('search as you type finds somebody from any page, and Enter opens the file', async () => {
  await page.goto(kept.address)
  await page.keyboard.press('Control+k')
  await page.keyboard.type('quilfether', { delay: 20 })
  const option = page.getByRole('option').first()
  await option.waitFor()
  assert.match(await option.innerText(), /Zephyr Quillfeather/)
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Zephyr Quillfeather' }).waitFor()
  assert.ok(!page.url().includes('quil'), 'what was typed is in no address')
})

// promise: P16
test('a note is kept as a draft while it is typed, and then saved', async () => {
  const note = page.getByLabel('Note', { exact: true })
  await note.fill('Wants evening shifts only.\nAgreed to apply for two roles')
  await page.getByText(/Draft saved/).waitFor({ timeout: 15000 })
  await page.reload()
  assert.match(await note.inputValue(), /two roles/)
  await page.goto(kept.address)
  await page.getByText('You started a note about').waitFor()
  await page.goBack()
  await page.getByRole('button', { name: 'Save note' }).click()
  await page.getByText('Agreed to apply for two roles').last().waitFor()
  assert.equal(await note.inputValue(), '')
  await sound(page, 'file', pages)
})

test('details change with their history, and the list says who looked', async () => {
  await page.getByRole('link', { name: 'Details', exact: true }).click()
  await sound(page, 'details', pages)
  await page.locator('#contact').getByRole('link', { name: 'Change' }).click().catch(() => page.getByRole('link', { name: /^Change/ }).first().click())
  await page.getByLabel('Name you like to be called').fill('Zeph')
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByRole('link', { name: /^History/ }).first().click()
  await page.getByText('Zeph', { exact: true }).first().waitFor()
  await sound(page, 'history', pages)
  await page.getByRole('link', { name: 'Who looked' }).click()
  await page.getByText('Registered the client').waitFor()
  await sound(page, 'who looked', pages)
})

test('a long file looks finished', async () => {
  await page.goto(`${kept.address}/clients`)
  await sound(page, 'my clients', pages)
  await page.locator('table a').nth(2).click()
  await sound(page, 'a long file', pages)
  await pictured(page, 'file')
})

test('an appointment: who came, the note after it, the next one at a free time', async () => {
  // A working day a fortnight ahead, whenever this runs.
  const ahead = new Date(Date.now() + 14 * 86400e3)
  while ([0, 6].includes(ahead.getUTCDay())) ahead.setUTCDate(ahead.getUTCDate() + 1)
  const soon = ahead.toISOString().slice(0, 10)
  const last = new Date(Date.now() - 86400e3)
  while ([0, 6].includes(last.getUTCDay())) last.setUTCDate(last.getUTCDate() - 1)
  await page.goto(`${kept.address}/diary?day=${last.toISOString().slice(0, 10)}`)
  await page.getByRole('link', { name: /^Say who came/ }).first().click()
  await sound(page, 'an appointment that has begun', pages)
  await page.getByRole('button', { name: 'Came', exact: true }).click()
  assert.match(page.url(), /\/clients\/[0-9a-f]{32}/, 'the note comes next')
  await page.locator('#note').fill('Came in time. Wants to go on with the course.')
  await page.getByRole('button', { name: 'Save note' }).click()
  await page.getByRole('link', { name: 'Book an appointment' }).first().click()
  await sound(page, 'booking', pages)
  await page.getByLabel('Day', { exact: true }).fill('yesterday')
  await page.getByRole('button', { name: 'Show free times' }).click()
  await page.getByLabel('Another time').fill('10:00')
  await page.getByRole('button', { name: 'Book at this time' }).click()
  await page.getByRole('link', { name: /in the past/ }).waitFor()
  assert.equal(await page.getByLabel('Another time').inputValue(), '10:00', 'what was typed stays')
  await page.getByLabel('Day', { exact: true }).fill(soon)
  await page.getByLabel('With').selectOption({ index: 1 })
  await page.getByRole('button', { name: 'Show free times' }).click()
  await page.getByRole('button', { name: 'Search four weeks' }).click()
  await page.getByRole('heading', { name: 'Free in the four weeks from that day' }).waitFor()
  await sound(page, 'four weeks of free times', pages)
  await page.locator('.app-times button').first().click()
  await pictured(page, 'booking')
  await page.locator('.app-times button').first().click()
  await page.getByText('Booked', { exact: true }).first().waitFor()
  await sound(page, 'an appointment to come', pages)
  await page.getByLabel('Why').fill('The office is closed')
  await page.getByLabel('Called off by us').check()
  await page.getByRole('button', { name: 'Call it off' }).click()
  await page.getByText('The office is closed').waitFor()
  await page.getByRole('link', { name: 'Diary' }).click()
  await sound(page, 'diary of a day', pages)
  await page.getByRole('link', { name: 'Week', exact: true }).click()
  await page.getByRole('link', { name: 'Whole office' }).click()
  await sound(page, 'diary of a week', pages)
  await pictured(page, 'diary', false)
})

test('the diary goes to a calendar by a secret address, without a name', async () => {
  await page.goto(`${kept.address}/diary?view=week`)
  const shown = await page.locator('main tbody tr').count()
  const names = await page.locator('main tbody a[href^="/clients/"]').allInnerTexts()
  await page.getByRole('link', { name: 'My account' }).click()
  await sound(page, 'account of an adviser', pages)
  await page.getByRole('button', { name: 'Make an address' }).click()
  await page.locator('.app-code').waitFor()
  await sound(page, 'calendar address', pages)
  const text = await (await fetch(await page.locator('.app-code').innerText())).text()
  // A parser that is not ours (ical.js, as in Thunderbird) reads it.
  const events = new ICAL.Component(ICAL.parse(text)).getAllSubcomponents('vevent').map(event => new ICAL.Event(event))
  assert.ok(shown > 0 && events.length >= shown, `${events.length} events for ${shown} lines`)
  for (const event of events) assert.equal(event.endDate.subtractDate(event.startDate).toSeconds() % 900, 0)
  for (const name of names) assert.ok(!text.includes(name), name)
  await page.goto(kept.address)
})

// promise: P27
test('the public reads the notice without signing in', async () => {
  const visitor = await watched(await browser.newContext({ viewport: { width: 1280, height: 900 } }))
  for (const path of ['notice', 'accessibility', 'help', 'nowhere']) {
    await visitor.goto(`${kept.address}/${path}`)
    await sound(visitor, path, pages)
    if (path === 'notice') await pictured(visitor, 'notice', false) // its text is long
  }
})

test('a file of somebody else opens with a reason', async () => {
  const other = await watched(await browser.newContext({ viewport: { width: 1280, height: 900 } }))
  await signIn(other, kept, 'adviser', 1)
  await other.goto(`${kept.address}/clients/find`)
  await other.locator('main').getByLabel(/Name, number/).fill('Quillfeather')
  await other.locator('main').getByRole('button', { name: 'Find' }).click()
  await sound(other, 'search results', null)
  await other.getByRole('link', { name: /Quillfeather/ }).click()
  await other.getByText('not in your caseload').waitFor()
  await sound(other, 'reason', null)
  await other.getByLabel('Why do you need this file?').fill('Covering for a colleague who is ill')
  await other.getByRole('button', { name: 'Open the file' }).click()
  await other.getByRole('heading', { name: 'Zephyr Quillfeather' }).waitFor()
})

test('reception adds a room, an adviser books a series in it and calls off the rest', async () => {
  const desk = await watched(await browser.newContext({ viewport: { width: 1280, height: 900 } }))
  await signIn(desk, kept, 'receptionist')
  await desk.getByRole('link', { name: 'Diary' }).click()
  await desk.getByRole('link', { name: 'Rooms' }).click()
  await desk.getByRole('button', { name: 'Add' }).click()
  await desk.getByRole('link', { name: 'Enter what the room is called' }).waitFor()
  await desk.getByLabel('What it is called').fill('Garden room')
  await desk.getByRole('button', { name: 'Add' }).click()
  await desk.getByRole('button', { name: 'Take Garden room out of use' }).waitFor()
  await sound(desk, 'rooms', pages)
  assert.deepEqual(desk.problems, [])
  await desk.context().close()

  await page.goto(`${kept.address}/clients`)
  await page.locator('main table a').first().click()
  await page.getByRole('link', { name: 'Book an appointment' }).first().click()
  await page.getByLabel('Room').selectOption({ label: 'Garden room' })
  await page.getByLabel('How often').selectOption('1')
  await page.getByLabel('How many in all').fill('4')
  await page.getByRole('button', { name: 'Search four weeks' }).click()
  await page.locator('.app-times button').last().click()
  await page.locator('.app-times button').last().click()
  await page.getByRole('heading', { name: 'One of 4 that were booked together' }).waitFor()
  await sound(page, 'one of a series', pages)
  // It becomes a call, and the room is given back.
  await page.getByLabel('Phone call').check()
  await page.getByLabel('Room').selectOption({ label: 'None' })
  await page.getByRole('button', { name: 'Change', exact: true }).click()
  await page.getByRole('alert').getByText('Saved').waitFor()
  await page.locator('#facts').getByText('Phone call').waitFor()
  await page.getByRole('button', { name: 'Call it off' }).click()
  await page.getByRole('link', { name: 'Choose who called it off' }).waitFor()
  await page.getByLabel('Called off by the client').check()
  await page.getByLabel(/The 3 that follow/).check()
  await page.getByRole('button', { name: 'Call it off' }).click()
  await page.locator('#series').getByText('Called off by the client').nth(3).waitFor()
})

test('signing out leaves nothing behind', async () => {
  assert.equal(await page.evaluate(() => localStorage.length + sessionStorage.length), 0)
  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.waitForURL(/sign-in/)
  await page.goBack()
  assert.ok(!(await page.content()).includes('Key facts'), 'the back button shows nothing')
})

test('every page is valid HTML', () => pages.check())
