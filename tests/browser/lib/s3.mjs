// A store that speaks S3 over TLS, by an authority of its own: the one that the tests of the crates use.
import { join } from 'node:path'
import { pythonOf, startPython } from './python.mjs'

const python = pythonOf('KEPT_TEST_S3_PYTHON', 'test-s3')

/** Whether it is left out on purpose. */
export const leftOut = python.program === 'off'

/** Starts it; gives its address, the certificate of its authority, its secret, and a way to see what stands in the bucket. */
export async function startStore() {
  const { folder, port, said, tell, stop } = await startPython(python, 'crates/records/tests/s3/server.py', folder => ['0', folder])
  return {
    endpoint: `https://127.0.0.1:${port}`,
    authority: join(folder, 'authority.pem'),
    secret: 'never issued',
    list: async () => {
      tell('list')
      return (await said()).split(' ').filter(name => name)
    },
    stop,
  }
}
