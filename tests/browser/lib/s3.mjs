// A store that speaks S3 over TLS, by an authority of its own: the one that the tests of the crates use.
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const python = process.env.KEPT_TEST_S3_PYTHON ?? `${root}/target/test-s3/bin/python3`

/** Whether it is left out on purpose. */
export const leftOut = python === 'off'

/** Starts it; gives its address, the certificate of its authority, its secret, and a way to see what stands in the bucket. */
export async function startStore() {
  if (!existsSync(python)) throw new Error(`${python} is missing: scripts/test makes it, or name a Python in KEPT_TEST_S3_PYTHON`)
  const folder = mkdtempSync(join(tmpdir(), 'kept-s3-'))
  const child = spawn(python, [`${root}/crates/records/tests/s3/server.py`, '0', folder], { stdio: ['pipe', 'pipe', 'inherit'] })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const said = async () => {
    const { value, done } = await lines.next()
    if (done) throw new Error('the store ended')
    return value
  }
  const port = (await said()).replace('ready ', '')
  return {
    endpoint: `https://127.0.0.1:${port}`,
    authority: join(folder, 'authority.pem'),
    secret: 'never issued',
    list: async () => {
      child.stdin.write('list\n')
      return (await said()).split(' ').filter(name => name)
    },
    stop: () => new Promise(resolve => {
      child.once('exit', () => { rmSync(folder, { recursive: true, force: true }); resolve() })
      child.kill('SIGTERM')
    }),
  }
}
