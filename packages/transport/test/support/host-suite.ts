// A suite of tests with real hosts, skipped where there can be none. What a test starts and makes is gone after it.
import { suite } from 'uvu'
import { removeHosts, whyNoHosts } from '../../../../test/support/hosts.ts'
import { killProcesses } from './process-node.ts'

type Add = (name: string, handler: () => Promise<void>) => void

/** `test` is for what needs no hosts, `onHosts` for what does. */
export function hostSuite(name: string): { readonly test: ReturnType<typeof suite>; readonly onHosts: Add } {
  const missing = whyNoHosts()
  const test = suite(name)
  test.after.each(async () => {
    await killProcesses()
    removeHosts()
  })
  process.once('exit', removeHosts)
  if (missing !== null) test.skip(`real hosts (${missing})`, () => {})
  return { test, onHosts: missing === null ? test : () => {} }
}
