// Many nodes, each in a process of its own, as one network: how they are joined, what they must look like, and that
// everybody hears everybody exactly once.
import * as assert from 'uvu/assert'
import { faultsOf } from './neighbourhood.ts'
import type { PlainOptions, ProcessNode, ReceivedMessage } from './process-node.ts'
import { startProcess } from './process-node.ts'
import { until } from './wait.ts'

/** What the node promises: also after a failure, every desired link within 15 s. */
export const HEAL_MS = 15_000
const DELIVERY_MS = 20_000

/** `count` processes, which start side by side. */
export function startProcesses(count: number): Promise<ProcessNode[]> {
  return Promise.all(Array.from({ length: count }, startProcess))
}

/** All but the first join the first, all at once. */
export async function joinAtOnce(nodes: readonly ProcessNode[], options: PlainOptions = {}): Promise<void> {
  const [entry, ...others] = nodes
  await entry?.start(options)
  await Promise.all(others.map((node) => node.start({ ...options, join: entry?.address ?? '' })))
}

/** All but the first join the first; each when the one before it has a neighbour. */
export async function joinOneByOne(nodes: readonly ProcessNode[], options: PlainOptions = {}): Promise<void> {
  const [entry, ...others] = nodes
  await entry?.start(options)
  for (const node of others) {
    await node.start({ ...options, join: entry?.address ?? '' })
    await until(async () => (await node.peers()).length, HEAL_MS, 'a neighbour')
  }
}

/** Resolves when the network is whole: see `faultsOf`. */
export async function whole(nodes: readonly ProcessNode[], desired: number, deadlineMs = HEAL_MS): Promise<void> {
  let faults: string[] = []
  await until(
    async () => {
      faults = await faultsAmong(nodes, desired)
      return faults.length === 0
    },
    deadlineMs,
    () => `a whole network, but ${faults.join('; ')}`
  )
}

export async function faultsAmong(nodes: readonly ProcessNode[], desired: number): Promise<string[]> {
  const lists = await Promise.all(nodes.map((node) => node.peers()))
  const ids = lists.map((peers) => peers.map(({ id }) => id))
  return faultsOf(new Map(nodes.map((node, index) => [node.id, ids[index] ?? []])), desired)
}

/** Every node writes `count` messages at the same time; every other node gets each exactly once. */
export async function everybodyHearsEverybody(
  nodes: readonly ProcessNode[],
  count: number,
  word: string
): Promise<void> {
  await Promise.all(nodes.map((node) => node.write(`${word} ${node.id} `, count)))
  // What comes twice comes over another link at about the same time; a last word from everybody gives it that time.
  await allHeard(nodes, nodes, count, word)
  const last = `last ${word}`
  await Promise.all(nodes.map((node) => node.write(`${last} ${node.id} `)))
  await allHeard(nodes, nodes, 1, last)
  for (const node of nodes) {
    const heard = tally(await node.messages(), word)
    for (const author of nodes) {
      for (let number = 0; number < count; number++) {
        const expected = author === node ? 0 : 1
        assert.is(heard.get(`${word} ${author.id} ${number}`) ?? 0, expected)
      }
    }
  }
}

/** A message of one node reaches all others. */
export async function reachesAll(author: ProcessNode, nodes: readonly ProcessNode[], word: string): Promise<void> {
  await author.write(`${word} ${author.id} `)
  await allHeard(nodes, [author], 1, word)
}

async function allHeard(
  nodes: readonly ProcessNode[],
  authors: readonly ProcessNode[],
  count: number,
  word: string
): Promise<void> {
  await Promise.all(
    nodes.map(async (node) => {
      const expected = authors.filter((author) => author !== node).length * count
      let heard = new Map<string, number>()
      await until(
        async () => {
          heard = tally(await node.messages(), word)
          return heard.size >= expected
        },
        DELIVERY_MS,
        () => {
          const missing = authors.filter((author) => author !== node && heard.get(`${word} ${author.id} 0`) === undefined)
          return `${expected} different messages at ${node.id}, but ${heard.size}; nothing from: ${missing.map(({ id }) => id).join(', ')}`
        }
      )
    })
  )
}

/** How often each text that begins so has come. */
function tally(messages: readonly ReceivedMessage[], word: string): Map<string, number> {
  const counts = new Map<string, number>()
  for (const { text } of messages) if (text.startsWith(`${word} `)) counts.set(text, (counts.get(text) ?? 0) + 1)
  return counts
}
