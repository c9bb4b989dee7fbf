// Two floods of three nodes, each with some of its nodes as bridges to one NATS server, and what their readers have.
import type { Message, Network } from '@floodnet/transport'
import * as assert from 'uvu/assert'
import { until } from '../../../../test/support/wait.ts'
import { bridgeNats, type NatsBridge, type NatsBridgeOptions, type NatsLimits } from '../../src/nats/index.ts'
import type { Stage } from './bridged.ts'
import { NatsServer } from './nats-server.ts'

const PATIENCE_MS = 60_000
/** Numbers below are written already when floods are joined: one of each author. */
export const GREETINGS = 2
/** A test waits less for its server than people do. */
const RECONNECT_MS = 100
/** Readers of 10,000 messages are not counted in every turn. */
const COUNT_MS = 200

/** One of two floods. */
export interface JoinedFlood {
  readonly nodes: readonly Network[]
  readonly bridges: readonly [NatsBridge, ...NatsBridge[]]
  /** What the bridges told. */
  readonly notices: readonly string[]
  /** Two authors write the numbers `from` to `to` - 1, taking turns. */
  write(from: number, to: number): Promise<void>
  /** One author writes messages of these sizes. */
  writeSizes(sizes: readonly number[]): Promise<void>
  /** Every reader has this number. */
  has(number: number): boolean
  /** Messages of the other flood that the reader with the fewest has. */
  count(): number
  /** Every reader has so many of the other flood. */
  hasAll(count: number): Promise<void>
  /** No reader has anything twice or out of its author's order, whatever is missing. */
  expectNothingTwice(): void
  /** Each reader has each of the other flood's numbers once, in order, under its author's name. */
  expectOrdered(count: number): void
  /** The same of `writeSizes`. */
  expectSizes(sizes: readonly number[]): void
}

/** @param bridges of each flood; @param stream none: a subject alone */
export async function joinedFloods(
  stage: Stage,
  command: string,
  bridges: number,
  stream?: string,
  limits: Partial<NatsLimits> = {}
): Promise<{ server: NatsServer; floods: readonly [JoinedFlood, JoinedFlood] }> {
  const server = await NatsServer.start(command)
  stage.later(() => server.close())
  const options = {
    servers: server.url,
    limits: { reconnectMs: RECONNECT_MS, ...limits },
    ...(stream !== undefined && { stream })
  }
  const [a, b] = [await threeNodes(stage), await threeNodes(stage)]
  const floods = [
    await newFlood(stage, 'a', [a, b], bridges, options),
    await newFlood(stage, 'b', [b, a], bridges, options)
  ] as const
  // Order is kept from the first packet of an author on that a reader hears.
  await Promise.all(floods.map(({ write }) => write(0, GREETINGS)))
  await Promise.all(floods.map(({ hasAll }) => hasAll(GREETINGS)))
  return { server, floods }
}

/** Losses that a bridge has counted. */
export function lossesOf(bridge: NatsBridge): Record<string, number> {
  return Object.fromEntries(Object.entries(bridge.stats().losses).filter(([, count]) => count > 0))
}

async function newFlood(
  stage: Stage,
  name: string,
  [own, others]: readonly [readonly Network[], readonly Network[]],
  count: number,
  options: NatsBridgeOptions
): Promise<JoinedFlood> {
  const authors = others.map(({ id }) => id)
  const inboxes = own.map((network) => collect(network, authors))
  const notices: string[] = []
  const bridges: NatsBridge[] = []
  for (const network of own.slice(-count)) {
    const bridge = await bridgeNats(network, { ...options, flood: name })
    bridge.notices$.subscribe((text) => notices.push(text))
    stage.later(() => bridge.close())
    bridges.push(bridge)
  }
  const fewest = (): number => Math.min(...inboxes.map(({ length }) => length))
  const state = (): string => JSON.stringify([inboxes.map(({ length }) => length), bridges.map((each) => each.stats())])
  return {
    nodes: own,
    bridges: bridges as [NatsBridge, ...NatsBridge[]],
    notices,
    async write(from, to) {
      for (let index = from; index < to; index++) await own[index % 2]?.write(String(index))
    },
    async writeSizes(sizes) {
      for (const size of sizes) await own[0]?.write(new Uint8Array(size))
    },
    count: fewest,
    has: (number) => inboxes.every((inbox) => inbox.some((message) => textOf(message) === String(number))),
    async hasAll(wanted) {
      const what = (): string => `flood ${name} has ${wanted}: ${state()}; ${notices.join('; ')}`
      await until(() => fewest() >= wanted, PATIENCE_MS, what, COUNT_MS)
    },
    expectOrdered(wanted) {
      for (const inbox of inboxes) {
        assert.is(inbox.length, wanted)
        for (const turn of [0, 1]) {
          const texts = inbox.filter(({ origin }) => origin === authors[turn]).map(textOf)
          assert.equal(
            texts,
            Array.from({ length: wanted / 2 }, (_, index) => String(2 * index + turn))
          )
        }
      }
    },
    expectNothingTwice() {
      for (const inbox of inboxes)
        for (const author of authors) {
          const numbers = inbox.filter(({ origin }) => origin === author).map((message) => Number(textOf(message)))
          assert.equal(
            numbers,
            [...new Set(numbers)].toSorted((one, other) => one - other)
          )
        }
    },
    expectSizes(sizes) {
      for (const inbox of inboxes) {
        const messages = inbox.slice(GREETINGS)
        assert.equal(
          messages.map(({ payload }) => payload.length),
          sizes
        )
        assert.ok(messages.every(({ origin }) => origin === authors[0]))
      }
    }
  }
}

/** A line: the bridges, at its ends or in its midst, are not all neighbours. */
async function threeNodes(stage: Stage): Promise<Network[]> {
  const first = await stage.network(null)
  const nodes = [await stage.network(first.address), first, await stage.network(first.address)]
  await until(
    () => first.peers.length === 2 && nodes.every(({ peers }) => peers.length > 0),
    PATIENCE_MS,
    'a flood of three'
  )
  return nodes
}

/** What comes of these authors. */
function collect(network: Network, authors: readonly string[]): Message[] {
  const messages: Message[] = []
  network.messages$.subscribe((message) => {
    if (authors.includes(message.origin)) messages.push(message)
  })
  return messages
}

function textOf({ payload }: Message): string {
  return new TextDecoder().decode(payload)
}
