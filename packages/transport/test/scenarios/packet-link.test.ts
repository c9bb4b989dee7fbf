// Two floods of one name that have no link between them, joined by the packet links of one node each.
import type { Worker } from 'node:worker_threads'
import { HEADER_BYTES } from '@floodnet/core'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { until } from '../../../../test/support/wait.ts'
import type { Message, PacketLink } from '../../src/api.ts'
import { closeNodes, type LocalNode, linked, startNode, textOf } from '../support/named-node.ts'

const PATIENCE_MS = 60_000
const MESSAGES = 3_000
/** More than the slabs of a lane and the recent frames hold. */
const TOO_MUCH_BYTES = 20_971_520
const LARGE_BYTES = 60_000

const threads: Worker[] = []
process.on('worker', (thread) => threads.push(thread))

test.after.each(closeNodes)

for (const parents of [0, 1]) {
  test(`everything is said once in the other flood, in order, by its author, with ${parents} parents`, async () => {
    const [a, b] = [await pair(parents), await pair(parents)]
    join(a[1], b[0])
    const got = { a: collect(a[0]), b: collect(b[1]) }
    for (let index = 0; index < MESSAGES; index++) {
      await a[0].network.write(`a${index}`)
      await b[1].network.write(`b${index}`)
    }
    await until(() => got.a.length >= MESSAGES && got.b.length >= MESSAGES, PATIENCE_MS, 'both have all')
    assert.equal(got.b.map(textOf), numbered('a'))
    assert.equal(got.a.map(textOf), numbered('b'))
    assert.equal([...new Set(got.b.map(({ origin }) => origin))], [a[0].network.id])
    // Two links and the way between the floods.
    assert.is(got.b[0]?.hops, 3)
  })
}

test('two ways between the same floods bring nothing twice, and nothing goes round', async () => {
  const [a, b] = [await pair(), await pair()]
  const ways = [join(a[0], b[0]), join(a[1], b[1])]
  const got = collect(b[1])
  for (let index = 0; index < MESSAGES; index++) await a[0].network.write(`a${index}`)
  await until(() => got.length >= MESSAGES, PATIENCE_MS, 'all of them')
  await until(() => ways.every((carried) => carried() > 0), PATIENCE_MS, 'both ways brought something')
  assert.equal(got.map(textOf), numbered('a'))
})

test('a forged packet is dropped and counted, bytes that are none are refused, and what follows is taken', async () => {
  const [[author, near], [far, reader]] = [await pair(), await pair()]
  const packets: Uint8Array[] = []
  near.network.openPacketLink((some) => void packets.push(...some))
  const link = far.network.openPacketLink(() => {})
  const got = collect(reader)
  await author.network.write('as it is')
  const packet = await until(() => packets[0], PATIENCE_MS, 'a packet')

  const forged = Uint8Array.from(packet)
  forged[HEADER_BYTES] = 0x41
  await link.offer(forged)
  await rejects(link, packet.subarray(0, packet.length - 1))
  await rejects(link, new Uint8Array(10))
  await link.offer(packet)
  await until(() => got.length > 0, PATIENCE_MS, 'the honest packet')
  assert.equal(got.map(textOf), ['as it is'])
  assert.is((await far.network.stats()).drops['packet-link-fault'], 1)
})

test('a sink that does not take what it gets holds nobody up, and what it misses is counted', async () => {
  const [author, middle] = await pair()
  const reader = await startNode({ join: middle.address })
  await linked(middle, reader)
  middle.network.openPacketLink(() => new Promise(() => {}))
  const count = Math.ceil(TOO_MUCH_BYTES / LARGE_BYTES)
  const got = collect(reader)
  for (let index = 0; index < count; index++) await author.network.write(new Uint8Array(LARGE_BYTES))
  await until(
    () => got.length >= count,
    PATIENCE_MS,
    () => `all of it; it has ${got.length} of ${count}`
  )
  await until(
    async () => ((await middle.network.stats()).drops['packet-link-lagging'] ?? 0) > 0,
    PATIENCE_MS,
    'counted losses'
  )
})

test('a packet link outlives the I/O thread', async () => {
  const before = threads.length
  const [near, author] = await pair()
  const packets: Uint8Array[] = []
  near.network.openPacketLink((some) => void packets.push(...some))
  await threads[before]?.terminate()
  await near.event('worker-restart')
  await until(() => near.all('peer-up').length > 1, PATIENCE_MS, 'linked again')
  await author.network.write('after all')
  await until(() => packets.length > 0, PATIENCE_MS, 'the packet')
})

test('a closed link gets nothing more, and neither does one of a network that has ended', async () => {
  const [near, author] = await pair()
  const [closed, open]: [Uint8Array[], Uint8Array[]] = [[], []]
  const link = near.network.openPacketLink((some) => void closed.push(...some))
  const other = near.network.openPacketLink((some) => void open.push(...some))
  link.close()
  await author.network.write('for one')
  const packet = await until(() => open[0], PATIENCE_MS, 'the packet')
  assert.is(closed.length, 0)
  await rejects(link, packet)
  await near.network.close()
  await rejects(other, packet, 'ERR_FLOODNET_CLOSED')
})

test.run()

async function pair(parents = 0): Promise<[LocalNode, LocalNode]> {
  const first = await startNode({ parents })
  const second = await startNode({ join: first.address, parents })
  await linked(first, second)
  return [first, second]
}

/** Returns how many packets have crossed. */
function join(a: LocalNode, b: LocalNode): () => number {
  let carried = 0
  const links: { a?: PacketLink; b?: PacketLink } = {}
  const carry = async (link: PacketLink | undefined, packets: readonly Uint8Array[]): Promise<void> => {
    for (const packet of packets) await link?.offer(packet)
    carried += packets.length
  }
  links.a = a.network.openPacketLink((packets) => carry(links.b, packets))
  links.b = b.network.openPacketLink((packets) => carry(links.a, packets))
  return () => carried
}

function collect({ network }: LocalNode): Message[] {
  const messages: Message[] = []
  network.messages$.subscribe((message) => messages.push(message))
  return messages
}

function numbered(prefix: string): string[] {
  return Array.from({ length: MESSAGES }, (_, index) => `${prefix}${index}`)
}

async function rejects(link: PacketLink, packet: Uint8Array, code = 'ERR_FLOODNET_OPTION'): Promise<void> {
  const error = await link.offer(packet).then(
    () => null,
    (reason: NodeJS.ErrnoException) => reason
  )
  assert.is(error?.code, code)
}
