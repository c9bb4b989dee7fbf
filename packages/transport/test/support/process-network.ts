// Many nodes, each in a process of its own, as one network: how they are joined, what they must look like, and that
// everybody hears everybody exactly once.
import * as assert from 'uvu/assert'
import { until } from '../../../../test/support/wait.ts'
import { faultsOf } from './neighbourhood.ts'
import { type PlainOptions, type ProcessNode, startProcess } from './process-node.ts'

/** What the node promises: also after a failure, every desired link within 15 s. */
export const HEAL_MS = 15_000
const DELIVERY_MS = 20_000
/** To ask two dozen processes is work for all of them. */
const POLL_MS = 100

/** `count` processes, which start side by side. */
export function startProcesses(count: number): Promise<ProcessNode[]> {
  return Promise.all(Array.from({ length: count }, () => startProcess()))
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
  const isWhole = async (): Promise<boolean> => {
    faults = await faultsAmong(nodes, desired)
    return faults.length === 0
  }
  await until(isWhole, deadlineMs, () => `a whole network, but ${faults.join('; ')}`, POLL_MS)
}

async function faultsAmong(nodes: readonly ProcessNode[], desired: number): Promise<string[]> {
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
  await Promise.all(nodes.map((node) => node.write(prefixOf(word, node), count)))
  await allHeard(nodes, nodes, count, word)
  // What comes twice comes over another link at about the same time; a last word from everybody gives it that time.
  const last = `last ${word}`
  await Promise.all(nodes.map((node) => node.write(prefixOf(last, node))))
  await allHeard(nodes, nodes, 1, last)
  for (const node of nodes) {
    const heard = await node.texts(`${word} `)
    assert.is(Object.keys(heard).length, (nodes.length - 1) * count)
    for (const author of nodes) {
      for (let number = 0; number < count && author !== node; number++)
        assert.is(heard[prefixOf(word, author) + number], 1)
    }
  }
}

/** A message of one node reaches all others. */
export async function reachesAll(author: ProcessNode, nodes: readonly ProcessNode[], word: string): Promise<void> {
  await author.write(prefixOf(word, author))
  await allHeard(nodes, [author], 1, word)
}

async function allHeard(
  nodes: readonly ProcessNode[],
  authors: readonly ProcessNode[],
  count: number,
  word: string
): Promise<void> {
  await Promise.all(nodes.map((node) => hasHeard(node, authors, count, word)))
}

async function hasHeard(
  node: ProcessNode,
  authors: readonly ProcessNode[],
  count: number,
  word: string
): Promise<void> {
  const expected = authors.filter((author) => author !== node).length * count
  let heard = 0
  const isComplete = async (): Promise<boolean> => {
    heard = await node.distinct(`${word} `)
    return heard >= expected
  }
  const what = (): string => `${expected} different messages at ${node.id}, but ${heard}`
  await until(isComplete, DELIVERY_MS, what, POLL_MS)
}

function prefixOf(word: string, { id }: ProcessNode): string {
  return `${word} ${id} `
}
