// A node whose clock is far off is told so by what its neighbour's probes say, and is heard again once the clock is
// right.
import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { closeNodes, type LocalNode, startNode, textOf } from '../support/named-node.ts'
import { NETWORK_NAME } from '../support/network-name.ts'

const HOURS_MS = 3 * 3_600_000

test.after.each(closeNodes)

/** A node of its own process writes `text` with its clock so far ahead, and says what it was told of the clock. */
async function writeAhead(entry: LocalNode, folder: string, text: string, aheadMs: number): Promise<string> {
  const identity = join(folder, 'node.pem')
  // Threads load it too.
  const hook = join(folder, 'clock.cjs')
  await writeFile(hook, `const real = Date.now; Date.now = () => real() + ${aheadMs}`)
  const options = { name: NETWORK_NAME, listen: '127.0.0.1:0', join: entry.address, identity, limits: { pingMs: 100 } }
  const program = `
    const { createNetwork } = await import(${JSON.stringify(pathToFileURL('packages/transport/dist/index.js').href)})
    const network = await createNetwork(${JSON.stringify(options)})
    const doubted = new Promise((resolve) => network.on('error', ({ code, message }) => resolve(code + ' ' + message)))
    await network.write(${JSON.stringify(text)})
    await network.flush()
    console.log(${aheadMs} === 0 ? '' : await doubted)
    await network.close()`
  const { stdout } = await promisify(execFile)(process.execPath, [
    '--require',
    hook,
    '--input-type=module',
    '--eval',
    program
  ])
  return stdout.trim()
}

test('a node hours ahead is told at once that it is refused, and its key is heard as soon as the clock is right', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'floodnet-clocks-'))
  try {
    const entry = await startNode({ limits: { pingMs: 100 } })
    const told = await writeAhead(entry, folder, 'refused', HOURS_MS)
    assert.match(
      told,
      /^ERR_FLOODNET_CLOCK .* 3 hours ahead of 1 of 1 neighbours, and they refuse what this node writes/
    )
    assert.is(await writeAhead(entry, folder, 'heard', 0), '')
    assert.is(textOf(await entry.network.read({ signal: AbortSignal.timeout(15_000) })), 'heard')
    assert.ok(((await entry.network.stats()).drops['future-incarnation'] ?? 0) > 0)
  } finally {
    await rm(folder, { recursive: true })
  }
})

test.run()
