// What every page must pass: axe, the Nu HTML checker, no script or style of others, no sideways scrolling.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const require = createRequire(import.meta.url)
const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8')
const artefacts = fileURLToPath(new URL('../artefacts/', import.meta.url))
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']
const jar = join(dirname(require.resolve('vnu-jar/package.json')), 'build/dist/vnu.jar')

/** A page that notes what its content policy refused, and what failed. */
export async function watched(context) {
  const page = await context.newPage()
  page.setDefaultTimeout(8000)
  page.problems = []
  page.on('console', m => { if (/Content Security Policy|Trusted/i.test(m.text())) page.problems.push(m.text()) })
  page.on('pageerror', e => page.problems.push(String(e)))
  return page
}

/** No fault by WCAG 2.2 A and AA. axe is run through the developer tools, since the page's own policy lets nothing in. */
export async function accessible(page, what) {
  const session = await page.context().newCDPSession(page)
  const run = async expression => {
    const { result, exceptionDetails } = await session.send('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true, allowUnsafeEvalBlockedByCSP: true })
    assert.equal(exceptionDetails, undefined, JSON.stringify(exceptionDetails))
    return result.value
  }
  await run(`${axe}; 1`)
  const found = await run(`axe.run(document, { runOnly: ${JSON.stringify(TAGS)}, resultTypes: ['violations'] }).then(r => r.violations.map(v => v.id + ': ' + v.nodes.map(n => n.html.slice(0, 160)).join(' | ')))`)
  await session.detach()
  assert.deepEqual(found, [], `axe on ${what}`)
}

/** Nothing needs scrolling sideways at 320 pixels (WCAG 1.4.10). */
export async function narrow(page, what) {
  const size = page.viewportSize()
  await page.setViewportSize({ width: 320, height: 700 })
  const wide = await page.evaluate(() => document.documentElement.scrollWidth)
  await page.setViewportSize(size)
  assert.ok(wide <= 320, `${what} is ${wide} pixels wide on a screen of 320`)
}

/** A picture of the page at both widths. */
export async function pictured(page, name, fullPage = true) {
  mkdirSync(artefacts, { recursive: true })
  for (const width of [1280, 375]) {
    await page.setViewportSize({ width, height: 900 })
    await page.screenshot({ path: join(artefacts, `${name}-${width}.png`), fullPage })
  }
  await page.setViewportSize({ width: 1280, height: 900 })
}

/** Pages as served, to be given to the Nu checker together: starting it takes longer than checking. */
export class Pages {
  #folder = mkdtempSync(join(tmpdir(), 'kept-html-'))
  #count = 0

  async add(page, what) {
    const html = await page.evaluate(async () => (await (await fetch(location.href, { headers: { accept: 'text/html' } })).text()))
    this.addHtml(html, what)
  }

  addHtml(html, what) {
    this.#count += 1
    writeFileSync(join(this.#folder, `${String(this.#count).padStart(3, '0')}-${what.replace(/[^a-z0-9]+/gi, '-')}.html`), html)
  }

  check() {
    assert.ok(this.#count > 0)
    const run = spawnSync('java', ['-jar', jar, '--format', 'json', '--errors-only', '--exit-zero-always', this.#folder], { encoding: 'utf8' })
    assert.equal(run.status, 0, run.stderr)
    const { messages } = JSON.parse(run.stderr)
    rmSync(this.#folder, { recursive: true })
    assert.deepEqual(messages.filter(m => m.type === 'error').map(m => `${m.url.split('/').at(-1)}:${m.lastLine} ${m.message}`), [])
  }
}

/** Everything at once. */
export async function sound(page, what, pages) {
  await page.waitForLoadState()
  await accessible(page, what)
  await narrow(page, what)
  if (pages) await pages.add(page, what)
  assert.deepEqual(page.problems, [], `${what}: content policy and scripts`)
}
