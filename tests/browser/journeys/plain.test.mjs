// The same main job without JavaScript, and with the keyboard alone.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { signIn, startBrowser, startKept } from '../lib/kept.mjs'

let kept, browser

before(async () => {
  kept = await startKept(40)
  browser = await startBrowser()
})
after(async () => {
  await browser?.close()
  await kept?.stop()
})

test('register, note, find and read without JavaScript', async () => {
  const page = await (await browser.newContext({ javaScriptEnabled: false })).newPage()
  await signIn(page, kept, 'adviser')
  await page.getByRole('link', { name: 'Register a client' }).click()
  await page.getByLabel('Read aloud').check()
  await page.getByLabel('In words').check()
  await page.getByLabel('Full name').fill('Orlaith Vantongeren')
  await page.getByLabel('Email address').fill('orlaith@example.org')
  await page.getByRole('button', { name: 'Register' }).click()
  await page.waitForURL(/details\/identity/)
  await page.locator('header input[type=search]').fill('vantongeren')
  await page.locator('header').getByRole('button', { name: 'Find' }).click()
  await page.getByRole('link', { name: /Orlaith/ }).click()
  await page.getByLabel('Note', { exact: true }).fill('Rang to say that the course begins on Monday.')
  await page.getByRole('radio', { name: 'Phone call' }).check({ force: true })
  await page.getByRole('button', { name: 'Save note' }).click()
  await page.getByText('the course begins on Monday').last().waitFor()
  await page.getByText('Saved', { exact: true }).first().waitFor()
})

test('a note that was sent after the session had ended is not lost', async () => {
  const context = await browser.newContext()
  const page = await context.newPage()
  await signIn(page, kept, 'adviser', 2)
  await page.goto(`${kept.address}/clients`)
  await page.locator('table a').first().click()
  const file = page.url()
  await page.getByLabel('Note', { exact: true }).fill('First line\nand <second> line')
  await context.clearCookies()
  await page.getByRole('button', { name: 'Save note' }).click()
  await page.getByText('Nothing is lost').waitFor()
  const person = kept.people.filter(p => p.role === 'adviser')[2]
  await page.getByLabel('Email address').fill(person.email)
  await page.getByLabel('Password', { exact: true }).fill(person.password)
  await page.getByRole('button', { name: 'Continue' }).click()
  const code = await page.locator('.govuk-inset-text b').innerText()
  await page.getByLabel('6-digit code').fill(code)
  await page.getByRole('button', { name: 'Sign in' }).click()
  if (await page.getByText('used already').count()) {
    // The code of this half minute let the person in before: the next one is not long.
    await page.waitForTimeout(31000)
    const { code: now } = await import('../lib/kept.mjs')
    await page.getByLabel('6-digit code').fill(now(person.totp_secret))
    await page.getByRole('button', { name: 'Sign in' }).click()
  }
  await page.getByRole('button', { name: 'Save what I typed' }).click()
  await page.waitForURL(url => url.href.startsWith(file))
  await page.getByText('and <second> line').last().waitFor()
})

test('the main path needs the keyboard only', async () => {
  const page = await (await browser.newContext()).newPage()
  await signIn(page, kept, 'adviser', 1)
  const focused = () => page.evaluate(() => {
    const e = document.activeElement
    const r = e.getBoundingClientRect()
    return { name: e.getAttribute('name') ?? e.innerText?.trim().slice(0, 40), seen: r.width > 0 && r.bottom > 0 && r.top < innerHeight }
  })
  await page.keyboard.press('Tab')
  assert.match((await focused()).name, /Skip/)
  await page.keyboard.press('Control+k')
  await page.keyboard.type('an', { delay: 20 })
  await page.getByRole('option').first().waitFor()
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  await page.waitForURL(/\/clients\/[0-9a-f]{32}/)
  for (let presses = 0; presses < 40; presses++) {
    await page.keyboard.press('Tab')
    const at = await focused()
    assert.ok(at.seen, `${at.name} has the focus and cannot be seen`)
  }
})

for (const [role, sees] of [['receptionist', /Reception/], ['manager', /Manager/], ['governance', /Governance/], ['administrator', /People who use Kept/]]) {
  test(`the first page of a ${role} fits the role`, async () => {
    const page = await (await browser.newContext()).newPage()
    await signIn(page, kept, role)
    assert.match(await page.locator('main').innerText(), sees)
  })
}
