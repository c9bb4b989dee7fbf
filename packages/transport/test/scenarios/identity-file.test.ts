// A node that keeps its key in a file is the same node after a restart, and is heard at once.
import { readFile, stat } from 'node:fs/promises'
import { RENEW_AFTER_MS } from '@floodnet/core'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { until } from '../../../../test/support/wait.ts'
import { inFolder } from '../support/folder.ts'
import { closeNodes, linked, startNode, textOf } from '../support/local-node.ts'
import { killProcesses, startProcess } from '../support/process-node.ts'

const DEADLINE_MS = 15_000
const test = suite('identity file')

test.after.each(closeNodes)
test.after.each(killProcesses)

test('after each restart the id is the same, the incarnation higher, and its messages are taken at once', async () => {
  await inFolder(async (folder) => {
    const identity = `${folder}/id.pem`
    const reader = await startNode()
    const seen: { origin: string; incarnation: number; seq: number }[] = []
    for (const run of [1, 2, 3]) {
      const author = await startNode({ identity, join: reader.address })
      await linked(author, reader)
      const receipt = await author.network.write(`run ${run}`)
      const message = await reader.network.read({ signal: AbortSignal.timeout(DEADLINE_MS) })
      assert.is(textOf(message), `run ${run}`)
      const { origin, incarnation, seq } = message
      assert.equal({ origin, incarnation, seq }, { origin: receipt.origin, incarnation: receipt.incarnation, seq: 1 })
      seen.push({ origin, incarnation, seq })
      await author.network.close()
      await until(() => reader.network.peers.length === 0, DEADLINE_MS, 'the end of the link')
    }
    assert.is(new Set(seen.map(({ origin }) => origin)).size, 1)
    assert.ok(seen[0]!.incarnation < seen[1]!.incarnation && seen[1]!.incarnation < seen[2]!.incarnation)
    assert.is((await stat(identity)).mode & 0o777, 0o600)
  })
})

test('a node that was killed takes its place again before its neighbours have missed it', async () => {
  await inFolder(async (folder) => {
    const identity = `${folder}/id.pem`
    const reader = await startNode()
    const process = await startProcess()
    await process.start({ identity, join: reader.address })
    await reader.event('peer-up', { id: process.id })
    // Stopped, it keeps its socket open: the neighbour has no way to know yet.
    process.kill('SIGSTOP')
    const again = await startNode({ identity, join: reader.address })
    assert.is(again.network.id, process.id)
    await reader.event('peer-down', { id: process.id, reason: 'restarted' })
    await until(() => reader.all('peer-up').length === 2, DEADLINE_MS, 'the new link')
    await again.event('peer-up', { id: reader.network.id })
    await again.network.write('it is me')
    assert.is(textOf(await reader.network.read({ signal: AbortSignal.timeout(DEADLINE_MS) })), 'it is me')
    assert.equal(
      reader.network.peers.map(({ id }) => id),
      [process.id]
    )
  })
})

test('the incarnation that a long-lived node goes on with is in the file before the node ends', async () => {
  const now = Date.now
  try {
    await inFolder(async (folder) => {
      const identity = `${folder}/id.pem`
      const reader = await startNode()
      const author = await startNode({ identity, join: reader.address })
      await linked(author, reader)
      const first = await author.network.write('early')
      assert.is(await incarnationIn(identity), first.incarnation)
      Date.now = () => now() + RENEW_AFTER_MS
      const second = await author.network.write('late')
      assert.ok(second.incarnation >= first.incarnation + RENEW_AFTER_MS / 1_000 - 1)
      await until(async () => (await incarnationIn(identity)) === second.incarnation, DEADLINE_MS, 'it is stored')
      const soon = () => ({ signal: AbortSignal.timeout(DEADLINE_MS) })
      for (const text of ['early', 'late']) assert.is(textOf(await reader.network.read(soon())), text)
      Date.now = now
      await author.network.close()
      const again = await startNode({ identity, join: reader.address })
      await linked(again, reader)
      assert.is((await again.network.write('again')).incarnation, second.incarnation + 1)
      assert.is(textOf(await reader.network.read(soon())), 'again')
    })
  } finally {
    Date.now = now
  }
})

test('without a file every node is somebody else', async () => {
  const nodes = [await startNode(), await startNode()]
  assert.is(new Set(nodes.map(({ network }) => network.id)).size, 2)
})

async function incarnationIn(file: string): Promise<number> {
  return Number(/, incarnation (\d+)/.exec(await readFile(file, 'utf8'))?.[1])
}

test.run()
