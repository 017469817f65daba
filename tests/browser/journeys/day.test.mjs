// An adviser's day from one end to the other, once with the mouse and once with the keyboard alone.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { signIn, startBrowser, startKept } from '../lib/kept.mjs'
import { pictured, sound, watched } from '../lib/checks.mjs'

let kept, browser

before(async () => {
  kept = await startKept(200)
  browser = await startBrowser()
})
after(async () => {
  await browser?.close()
  await kept?.stop()
})

/** Points and clicks, and counts it. Typing is no click. */
class Mouse {
  clicks = 0
  constructor(page) { this.page = page }
  async press(target) {
    this.clicks += 1
    await target.click({ force: await target.evaluate(e => e.type === 'radio') })
  }
  async type(target, text) { await target.fill(text) }
}

/** Never touches the mouse: Tab to get there, arrows within a choice, Enter or the space bar to act. */
class Keyboard {
  clicks = 0
  constructor(page) { this.page = page }
  async reach(target) {
    await target.waitFor({ state: 'attached' })
    const wanted = await target.elementHandle()
    const here = () => this.page.evaluate(e => document.activeElement === e, wanted)
    const sameChoice = () => this.page.evaluate(e => e.type === 'radio' && document.activeElement.type === 'radio' && document.activeElement.name === e.name, wanted)
    for (let steps = 0; steps < 250; steps += 1) {
      if (await here()) return
      await this.page.keyboard.press((await sameChoice()) ? 'ArrowDown' : 'Tab')
    }
    throw new Error(`the keyboard does not get to ${target}`)
  }
  async press(target) {
    this.clicks += 1
    await this.reach(target)
    const kind = await target.evaluate(e => (e.type === 'radio' || e.type === 'checkbox' ? ' ' : 'Enter'))
    await this.page.keyboard.press(kind)
  }
  async type(target, text) {
    await this.reach(target)
    await this.page.keyboard.press('Control+a')
    await this.page.keyboard.type(text)
  }
}

/** A working day some weeks ahead, as people type it. */
function ahead(days) {
  const day = new Date(Date.now() + days * 86400e3)
  while ([0, 6].includes(day.getUTCDay())) day.setUTCDate(day.getUTCDate() + 1)
  return day
}

async function day(page, hand, which, look) {
  await signIn(page, kept, 'adviser', which)
  const link = (name, exact) => page.getByRole('link', { name, exact })
  const button = name => page.getByRole('button', { name, exact: true })
  if (look) await sound(page, 'today')

  // The first appointment of the last working day, or of today once it has begun.
  const last = new Date(Date.now() - 86400e3)
  while ([0, 6].includes(last.getUTCDay())) last.setUTCDate(last.getUTCDate() - 1)
  await page.goto(`${kept.address}/diary?day=${last.toISOString().slice(0, 10)}`)
  await hand.press(link(/^Say who came/).first())
  await hand.press(button('Came'))
  await page.waitForURL(/\/clients\/[0-9a-f]{32}/)
  const file = page.url().replace(/[#?].*/, '')

  // Read the file, record the meeting, book the next: the four clicks that an adviser makes ten times a day.
  const before = hand.clicks
  await hand.type(page.locator('#note'), 'Came in time. The course helps. Wants to try care work next.')
  await hand.press(button('Save note'))
  await page.locator('#timeline').getByText('Wants to try care work next.').first().waitFor()
  await hand.press(link('Book an appointment').first())
  await hand.type(page.getByLabel('Day', { exact: true }), ahead(which * 7 + 14).toISOString().slice(0, 10))
  await hand.press(button('Show free times'))
  await hand.press(page.locator('.app-times button').first())
  await page.getByText('Booked', { exact: true }).first().waitFor()
  assert.ok(hand.clicks - before <= 4, `meeting, note and next date took ${hand.clicks - before} clicks`)

  // A goal with its date.
  await page.goto(file)
  await hand.press(link('Plan', true))
  await hand.press(link('Add a goal'))
  await hand.type(page.getByLabel('What is the goal?'), 'Visit a care home and ask about the work')
  await hand.press(page.getByLabel('Both together'))
  const by = ahead(30)
  const when = page.getByRole('group', { name: 'By when?' })
  await hand.type(when.getByLabel('Day'), String(by.getUTCDate()))
  await hand.type(when.getByLabel('Month'), String(by.getUTCMonth() + 1))
  await hand.type(when.getByLabel('Year'), String(by.getUTCFullYear()))
  await hand.press(button('Save'))
  await link('Visit a care home and ask about the work').waitFor()

  // Where to send for more help, and support given today.
  await hand.press(link('Support', true))
  await hand.press(link('Record a referral'))
  await hand.press(page.getByLabel('From us to'))
  await hand.type(page.getByLabel('Which organisation?'), 'Quay Debt Advice')
  await hand.press(page.getByLabel('The client, who tells or hands over what they wish'))
  await hand.type(page.getByLabel('What for?'), 'Wants to know where the money goes before starting work')
  await hand.press(button('Save'))
  await link('From us to, Quay Debt Advice').first().waitFor()
  await hand.press(link('Record support'))
  await hand.press(page.getByLabel('Travel', { exact: true }))
  await hand.type(page.getByLabel('What did it cost us?'), '9.40')
  await hand.press(button('Save'))
  await page.waitForURL(/entries\/in\/support\?saved=1$/)

  // The plan, agreed with the name as signature.
  await hand.press(link('Plan', true))
  await hand.press(link('Read, print or sign the plan'))
  await hand.press(page.getByLabel('By typing the name'))
  await hand.type(page.getByLabel('Client’s name, typed as the signature'), 'As agreed')
  await hand.press(button('Agree and freeze the plan'))
  await page.getByRole('heading', { name: /Plan \d+ agreed/ }).waitFor()

  await hand.press(link('File', true))
  if (look) {
    await sound(page, 'the file at the end of the day')
    await pictured(page, 'day', false)
  }
  for (const line of ['Goal: Visit a care home', 'Referral: From us to, Quay Debt Advice', 'Support: Travel']) {
    await page.locator('#timeline').getByText(line).first().waitFor()
  }
  await hand.press(link('Today', true))
  await page.getByRole('heading', { name: 'Your appointments' }).waitFor()
  assert.ok(hand.clicks < 75, `the day took ${hand.clicks} clicks`)
}

test('an adviser’s day with the mouse', async () => {
  const page = await watched(await browser.newContext({ viewport: { width: 1280, height: 900 } }))
  await day(page, new Mouse(page), 0, true)
})

test('the same day with the keyboard alone', async () => {
  const page = await watched(await browser.newContext({ viewport: { width: 1280, height: 900 } }))
  await day(page, new Keyboard(page), 1, false)
})
