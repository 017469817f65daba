// A server of the tests that is written in Python: it says "ready PORT", then whatever it has to say, a line each.
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../..', import.meta.url))

/** The Python that a variable names, or the one that scripts/test makes; `off` leaves its tests out on purpose. */
export const pythonOf = (variable, made) => ({ variable, program: process.env[variable] ?? `${root}/target/${made}/bin/python3` })

/** Starts a script in a folder of its own, which stands among its arguments; gives its port, its input and its next line. */
export async function startPython({ variable, program }, script, words) {
  if (!existsSync(program)) throw new Error(`${program} is missing: scripts/test makes it, or name a Python in ${variable}`)
  const folder = mkdtempSync(join(tmpdir(), 'kept-server-'))
  const child = spawn(program, [`${root}/${script}`, ...words(folder)], { stdio: ['pipe', 'pipe', 'inherit'] })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const said = async () => {
    const { value, done } = await lines.next()
    if (done) throw new Error(`${script} ended`)
    return value
  }
  const port = (await said()).replace('ready ', '')
  return {
    folder,
    port,
    said,
    tell: line => child.stdin.write(`${line}\n`),
    stop: () => new Promise(resolve => {
      child.once('exit', () => { rmSync(folder, { recursive: true, force: true }); resolve() })
      child.kill('SIGTERM')
    }),
  }
}
