// What a page gains when scripts run. Every page works without: these are plain forms and links.
// No markup is made from text, nothing is kept in the browser, nothing leaves our own origin.

import { createAll, Button, Checkboxes, ErrorSummary, NotificationBanner, PasswordInput, Radios, SkipLink } from './govuk.js'

for (const component of [Button, Checkboxes, ErrorSummary, NotificationBanner, PasswordInput, Radios, SkipLink]) {
  createAll(component)
}

/** An element with properties and children; text stays text. */
function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag)
  for (const [name, value] of Object.entries(properties)) element.setAttribute(name, value)
  element.append(...children)
  return element
}

function clock(time) {
  const hours = time.getHours()
  const minutes = String(time.getMinutes()).padStart(2, '0')
  return `${hours % 12 || 12}:${minutes}${hours < 12 ? 'am' : 'pm'}`
}

/** Search as you type: a list below the box, as the combobox pattern of WAI-ARIA has it. */
function suggest(input) {
  const url = input.dataset.suggestUrl
  const list = make('ul', { class: 'app-suggest', id: `${input.id}-list`, role: 'listbox', 'aria-label': 'Clients found' })
  const said = make('div', { class: 'govuk-visually-hidden', role: 'status', 'aria-live': 'polite' })
  list.hidden = true
  for (const [name, value] of [['role', 'combobox'], ['aria-expanded', 'false'], ['aria-controls', list.id], ['aria-autocomplete', 'list']]) {
    input.setAttribute(name, value)
  }
  input.closest('.app-find').append(list, said)

  let found = []
  let chosen = -1
  let waiting
  let asking

  const close = () => {
    clearTimeout(waiting)
    asking?.abort()
    list.hidden = true
    chosen = -1
    input.setAttribute('aria-expanded', 'false')
    input.removeAttribute('aria-activedescendant')
  }
  const choose = (at) => {
    chosen = at
    for (const [i, item] of [...list.children].entries()) item.setAttribute('aria-selected', String(i === at))
    if (at < 0) input.removeAttribute('aria-activedescendant')
    else input.setAttribute('aria-activedescendant', list.children[at].id)
  }
  const open = (client) => {
    const target = new URL(client.href, location.href)
    if (target.origin === location.origin) location.assign(target)
  }
  const show = () => {
    list.replaceChildren(...found.map((client, i) => {
      const item = make('li', { role: 'option', id: `${list.id}-${i}`, 'aria-selected': 'false' },
        make('b', {}, client.name), make('span', { class: 'app-num' }, client.born ? `${client.number}, born ${client.born}` : client.number))
      if (client.why) item.append(make('span', {}, client.why))
      item.addEventListener('mousedown', (event) => event.preventDefault())
      item.addEventListener('click', () => open(client))
      return item
    }))
    chosen = -1
    input.removeAttribute('aria-activedescendant')
    list.hidden = found.length === 0
    input.setAttribute('aria-expanded', String(found.length > 0))
    said.textContent = found.length === 0 ? 'No client found' : found.length === 1 ? '1 client found' : `${found.length} clients found`
  }
  const ask = async () => {
    asking?.abort()
    asking = new AbortController()
    try {
      const answer = await fetch(url, { method: 'POST', body: new URLSearchParams({ q: input.value }), signal: asking.signal })
      if (!answer.ok) return close()
      found = await answer.json()
      show()
    } catch (error) {
      // A later letter cancels an earlier question; a lost network leaves the plain form.
      if (error.name !== 'AbortError') close()
    }
  }

  input.addEventListener('input', () => {
    clearTimeout(waiting)
    if (input.value.trim().length < 2) {
      said.textContent = ''
      return close()
    }
    waiting = setTimeout(ask, 150)
  })
  input.addEventListener('blur', close)
  input.addEventListener('keydown', (event) => {
    if (event.isComposing || list.hidden) return
    const last = found.length - 1
    if (event.key === 'ArrowDown') choose(chosen === last ? 0 : chosen + 1)
    else if (event.key === 'ArrowUp') choose(chosen <= 0 ? last : chosen - 1)
    else if (event.key === 'Enter' && chosen >= 0) open(found[chosen])
    else if (event.key === 'Escape') close()
    else return
    event.preventDefault()
  })
}

/** While somebody is being registered: who may be on file already, below what is typed. Nobody has to wait for it. */
function onFile(form) {
  const place = form.querySelector('[data-on-file]')
  place.setAttribute('role', 'status')
  let waiting
  let asking
  const ask = async () => {
    asking?.abort()
    asking = new AbortController()
    const fields = [...new FormData(form)].filter(([, value]) => typeof value === 'string')
    try {
      const answer = await fetch(form.dataset.onFileUrl, { method: 'POST', body: new URLSearchParams(fields), signal: asking.signal })
      const { likely, closed } = answer.ok && !answer.redirected ? await answer.json() : { likely: [] }
      const lines = likely.map((client) => {
        const item = make('li', {}, make('a', { class: 'govuk-link app-t__name', href: new URL(client.href, location.origin).pathname }, client.name),
          make('span', { class: 'app-num app-muted' }, client.born ? `${client.number}, born ${client.born}` : client.number))
        if (client.why) item.append(make('span', { class: 'app-results__why' }, client.why))
        return item
      })
      const found = lines.length ? [make('h2', { class: 'app-h2' }, 'Is it one of these? They are on file already'), make('ol', { class: 'app-results' }, ...lines)] : []
      if (closed) found.push(make('p', { class: 'govuk-body' }, closed))
      place.replaceChildren(...(found.length ? [make('section', { class: 'app-panel' }, ...found)] : []))
    } catch { /* cancelled by a later letter, or no network: the page asks again when it is sent */ }
  }
  form.addEventListener('input', () => {
    clearTimeout(waiting)
    waiting = setTimeout(ask, 500)
  })
}

/** Drafts: what is typed is saved on the server, after two seconds of quiet and when the page is left. */
function draft(form) {
  const status = form.querySelector('[data-draft-status]')
  let waiting
  let unsaved = false
  // Somebody writes about the same client in two windows: the draft of the other one is not written over.
  let elsewhere = false
  const save = async () => {
    clearTimeout(waiting)
    if (!unsaved || elsewhere) return
    unsaved = false
    const fields = [...new FormData(form)].filter(([, value]) => typeof value === 'string')
    let saved = false
    try {
      const answer = await fetch(form.dataset.draftUrl, { method: 'POST', body: new URLSearchParams(fields), keepalive: true })
      saved = answer.ok && !answer.redirected
      elsewhere = answer.status === 409
      if (saved) form.elements.draft.value = (await answer.json()).draft
    } catch { /* said below */ }
    if (!saved) unsaved = true
    if (status) {
      status.textContent = saved ? `Draft saved ${clock(new Date())}`
        : elsewhere ? 'You have another draft about this client, from another window. It is kept; what you write here is not kept until you save the note.'
          : 'Draft not saved yet. Keep this page open.'
    }
  }
  form.addEventListener('input', () => {
    unsaved = true
    clearTimeout(waiting)
    waiting = setTimeout(save, 2000)
  })
  form.addEventListener('submit', () => {
    clearTimeout(waiting)
    unsaved = false
  })
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'hidden') save()
  })
}

/** Warns five minutes before the session ends. */
function watchSession(meta) {
  let ends = Number(meta.content) * 1000
  const text = make('p', {})
  const stay = make('button', { type: 'button', class: 'govuk-button' }, 'Stay signed in')
  const dialog = make('dialog', { class: 'app-dialog', 'aria-labelledby': 'session-h' },
    make('h2', { class: 'app-h2', id: 'session-h' }, 'You will be signed out soon'), text, stay)
  document.body.append(dialog)
  let timer
  const plan = () => {
    clearTimeout(timer)
    const left = ends - Date.now() - 300_000
    timer = setTimeout(left > 60_000 ? plan : warn, Math.max(0, Math.min(left, 60_000)))
  }
  const warn = () => {
    if (Date.now() >= ends) text.textContent = 'You have been signed out. Drafts are saved. Sign in again to go on.'
    else text.textContent = `To keep records safe, you will be signed out at ${clock(new Date(ends))}. ${document.querySelector('form[data-draft-url]') ? 'What you are writing is saved as a draft.' : 'Save what you are writing.'}`
    if (!dialog.open) dialog.showModal()
  }
  stay.addEventListener('click', async () => {
    try {
      const answer = await fetch('/session/stay', { method: 'POST' })
      if (answer.ok && !answer.redirected) {
        const later = answer.headers.get('content-type')?.includes('json') ? await answer.json() : {}
        ends = later.ends ? later.ends * 1000 : Date.now() + Number(meta.dataset.length || 1800) * 1000
        dialog.close()
        return plan()
      }
    } catch { /* said below */ }
    text.textContent = 'That did not work: you are signed out, or the network is gone. Drafts are saved. Sign in again to go on.'
  })
  plan()
}

/** A form is sent once, however often its button is pressed. */
function sendOnce(event) {
  const form = event.target
  if (event.defaultPrevented || form.method !== 'post') return
  if (form.dataset.sent) {
    event.preventDefault()
    return
  }
  form.dataset.sent = 'yes'
  // After the browser has read the pressed button's name and value.
  const buttons = [...form.elements].filter((element) => element.type === 'submit' && !element.disabled)
  const free = (on) => {
    for (const button of buttons) button.disabled = !on
  }
  setTimeout(() => free(false), 0)
  setTimeout(() => {
    free(true)
    delete form.dataset.sent
  }, 3000)
}

/** A field to sign by hand, drawn where its hidden input stands; the strokes go into the input. */
function signing(input) {
  const [width, height] = input.dataset.sign.split('x').map(Number)
  const svg = (tag, properties) => {
    const element = document.createElementNS('http://www.w3.org/2000/svg', tag)
    for (const [name, value] of Object.entries(properties)) element.setAttribute(name, value)
    return element
  }
  const field = svg('svg', { viewBox: `0 0 ${width} ${height}`, width: '100%', role: 'img', 'aria-label': 'Field to sign by hand' })
  field.append(svg('rect', { x: 1, y: 1, width: width - 2, height: height - 2, fill: '#fff', stroke: '#505a5f', 'stroke-width': 2 }))
  field.style.touchAction = 'none'
  field.style.maxWidth = `${width}px`
  const clear = make('button', { type: 'button', class: 'govuk-button govuk-button--secondary' }, 'Clear the signature')
  input.after(make('p', { class: 'govuk-body' }, 'Sign here by hand:'), field, clear)
  let strokes = []
  let line
  const keep = () => { input.value = strokes.map((points) => points.map((point) => point.join(',')).join(' ')).join(';') }
  const draw = (event) => {
    const box = field.getBoundingClientRect()
    const at = (place, start, size, full) => Math.min(full, Math.max(0, Math.round(((place - start) / size) * full)))
    strokes.at(-1).push([at(event.clientX, box.left, box.width, width), at(event.clientY, box.top, box.height, height)])
    line.setAttribute('points', strokes.at(-1).map((point) => point.join(',')).join(' '))
    keep()
  }
  field.addEventListener('pointerdown', (event) => {
    field.setPointerCapture(event.pointerId)
    line = svg('polyline', { fill: 'none', stroke: 'currentColor', 'stroke-width': 3 })
    field.append(line)
    strokes.push([])
    draw(event)
    const drawn = input.form.querySelector('input[name=way][value=drawn]')
    if (drawn) drawn.checked = true
  })
  field.addEventListener('pointermove', (event) => { if (event.buttons && line) draw(event) })
  field.addEventListener('pointerup', () => { line = undefined })
  clear.addEventListener('click', () => {
    for (const old of field.querySelectorAll('polyline')) old.remove()
    strokes = []
    keep()
  })
}

/** Single keys, for those who switched them on. The list in the dialog says which; what is typed and not sent is not left behind. */
function shortcuts(dialog) {
  const lines = 'main :is(.app-t tbody tr, .app-todo li, .app-tl > li, .app-results li, .app-share li)'
  const step = (by) => {
    const links = [...document.querySelectorAll(lines)].map((line) => line.querySelector('a')).filter(Boolean)
    const at = links.findIndex((link) => link.closest('tr, li').contains(document.activeElement))
    links[at < 0 ? 0 : Math.min(links.length - 1, Math.max(0, at + by))]?.focus()
  }
  const here = {
    help: () => dialog.showModal(),
    search: () => document.getElementById('q').focus(),
    next: () => step(1),
    before: () => step(-1)
  }
  let typed = false
  document.addEventListener('input', () => { typed = true })
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || document.querySelector('dialog[open]')) return
    if (event.target.closest('input:not([type=checkbox],[type=radio]), textarea, select')) return
    const line = [...dialog.querySelectorAll('[data-key]')].find((one) => one.dataset.key === event.key)
    if (!line || (line.dataset.goes && typed)) return
    event.preventDefault()
    if (line.dataset.goes) location.assign(line.dataset.goes)
    else here[line.dataset.here]()
  })
}

for (const input of document.querySelectorAll('input[data-suggest-url]')) suggest(input)
for (const input of document.querySelectorAll('input[data-sign]')) signing(input)
for (const form of document.querySelectorAll('form[data-draft-url]')) draft(form)
for (const form of document.querySelectorAll('form[data-on-file-url]')) onFile(form)
const keys = document.getElementById('key-list')
if (keys) shortcuts(keys)
const meta = document.querySelector('meta[name=kept-session-ends]')
if (meta) watchSession(meta)
document.addEventListener('submit', sendOnce)

// What keeps no draft is not left behind without a word.
let unsent = false
document.addEventListener('input', (event) => {
  const written = event.target.matches('textarea, input:not([type=checkbox], [type=radio], [type=search])')
  unsent ||= written && event.target.closest('.app-staff main form[method=post]:not([data-draft-url])') !== null
})
document.addEventListener('submit', () => { unsent = false })
window.addEventListener('beforeunload', (event) => {
  if (unsent) event.preventDefault()
})

// A page brought back by 'Back' must be sendable again.
window.addEventListener('pageshow', (event) => {
  if (event.persisted) for (const form of document.forms) delete form.dataset.sent
})

document.addEventListener('keydown', (event) => {
  const search = document.getElementById('q')
  if (search && (event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === 'k') {
    event.preventDefault()
    search.focus()
    search.select()
  }
  const menu = document.querySelector('details.app-more[open]')
  if (menu && event.key === 'Escape') {
    menu.open = false
    menu.querySelector('summary').focus()
  }
})
