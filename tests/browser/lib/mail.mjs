// A mail server that speaks real SMTP: the one that the tests of the crates use.
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const python = process.env.KEPT_TEST_PYTHON ?? `${root}/target/test-python/bin/python3`

/** Whether it is left out on purpose. */
export const noMail = python === 'off'

/** Starts it; gives its port, and a way to wait for the next message: to whom, and its words as they are read. */
export async function startMail() {
  if (!existsSync(python)) throw new Error(`${python} is missing: scripts/test makes it, or name a Python in KEPT_TEST_PYTHON`)
  const folder = mkdtempSync(join(tmpdir(), 'kept-mail-'))
  const child = spawn(python, [`${root}/crates/messages/tests/smtp_server.py`, folder, 'plain'], { stdio: ['pipe', 'pipe', 'inherit'] })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const said = async () => {
    const { value, done } = await lines.next()
    if (done) throw new Error('the mail server ended')
    return value
  }
  const port = (await said()).replace('ready ', '')
  return {
    port,
    next: async () => {
      const { to, content } = JSON.parse(await said())
      // Quoted-printable breaks long lines: they are read as one again.
      const words = Buffer.from(content, 'base64').toString('utf8').replace(/=\r?\n/g, '').replace(/=3D/g, '=')
      return { to: to[0], words }
    },
    stop: () => new Promise(resolve => {
      child.once('exit', () => { rmSync(folder, { recursive: true, force: true }); resolve() })
      child.kill('SIGTERM')
    }),
  }
}
