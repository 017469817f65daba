// A mail server that speaks real SMTP: the one that the tests of the crates use.
import { pythonOf, startPython } from './python.mjs'

const python = pythonOf('KEPT_TEST_PYTHON', 'test-python')

/** Whether it is left out on purpose. */
export const noMail = python.program === 'off'

/** Starts it; gives its port, and a way to wait for the next message: to whom, and its words as they are read. */
export async function startMail() {
  const { port, said, stop } = await startPython(python, 'crates/messages/tests/smtp_server.py', folder => [folder, 'plain'])
  const next = async () => {
    // A message that does not come is a test that fails, not one that never ends.
    let late
    const patience = new Promise((_, reject) => { late = setTimeout(() => reject(new Error('no message came within a minute')), 60_000) })
    const { to, content } = JSON.parse(await Promise.race([said(), patience]).finally(() => clearTimeout(late)))
    // Quoted-printable breaks long lines: they are read as one again.
    const words = Buffer.from(content, 'base64').toString('utf8').replace(/=\r?\n/g, '').replace(/=3D/g, '=')
    return { to: to[0], words }
  }
  return { port, next, stop }
}
