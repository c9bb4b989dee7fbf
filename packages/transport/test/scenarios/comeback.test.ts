// Nodes that are alone keep looking for those they knew, at the addresses where those were.
import type { NetworkOptions } from '@floodnet/transport'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { until } from '../../../../test/support/wait.ts'
import { inFolder } from '../support/folder.ts'
import { closeNodes, type LocalNode, linked, startNode, textOf } from '../support/local-node.ts'
import { killProcesses, startProcessNode } from '../support/process-node.ts'

const RETRIES = { retryMinMs: 50, retryMaxMs: 400 }
const COMEBACK_MS = 15_000
const test = suite('comeback')

test.after.each(closeNodes)
test.after.each(killProcesses)

/** Somebody's outgoing connection may have the port for a moment. */
async function startAgain(address: string, options: NetworkOptions): Promise<LocalNode> {
  const start = async (): Promise<LocalNode | null> => {
    try {
      return await startNode({ ...options, listen: address })
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ERR_FLOODNET_ADDRESS_IN_USE') return null
      throw error
    }
  }
  return await until(start, COMEBACK_MS, `${address} to be free again`)
}

async function talks(from: LocalNode, to: LocalNode, text: string): Promise<void> {
  await from.network.write(text)
  assert.is(textOf(await to.network.read({ signal: AbortSignal.timeout(COMEBACK_MS) })), text)
}

test('a node that lost everybody finds its entry again when that returns at its address', async () => {
  const entry = await startNode()
  const node = await startNode({ join: entry.address, limits: RETRIES })
  await linked(entry, node)
  await entry.network.close()
  await node.event('peer-down', { id: entry.network.id })
  await until(
    () => node.all('dial').some(({ phase, attempt }) => phase === 'failed' && attempt > 1),
    COMEBACK_MS,
    'tries'
  )
  const again = await startAgain(entry.address, {})
  await linked(again, node)
  await talks(again, node, 'I am back')
})

test('an entry that lost everybody finds again whoever returns where it was, though it joins nobody', async () => {
  const entry = await startNode({ limits: RETRIES })
  const node = await startNode({ join: entry.address })
  await linked(entry, node)
  await node.network.close()
  await entry.event('peer-down', { id: node.network.id })
  const again = await startAgain(node.address, {})
  await linked(again, entry)
  await talks(again, entry, 'I am back')
})

test('of three, the two that are left alone one after the other find the third at its address', async () => {
  await inFolder(async (folder) => {
    const identity = `${folder}/third.pem`
    const third = await startNode({ identity })
    const first = await startNode({ join: third.address, limits: RETRIES })
    const second = await startNode({ join: third.address, limits: RETRIES })
    await Promise.all([linked(first, third), linked(second, third), linked(first, second)])
    await Promise.all([third.network.close(), second.network.close()])
    await until(() => first.network.peers.length === 0, COMEBACK_MS, 'loneliness')
    const again = await startAgain(third.address, { identity })
    assert.is(again.network.id, third.network.id)
    await linked(again, first)
    await talks(first, again, 'found you')
  })
})

test('a node that was killed is found again at its address, also as somebody else', async () => {
  const killed = await startProcessNode()
  const node = await startNode({ join: killed.address, limits: RETRIES })
  await node.event('peer-up', { id: killed.id })
  killed.kill()
  await node.event('peer-down', { id: killed.id })
  const again = await startAgain(killed.address, {})
  assert.is.not(again.network.id, killed.id)
  await linked(again, node)
  await talks(again, node, 'I am new here')
})

test.run()
