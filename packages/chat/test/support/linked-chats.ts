// Whole chats in this process on real networks in a line, so that what the first says to the last goes over the one
// between.
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { createNetwork, type Network } from '@floodnet/transport'
import { runChat } from '../../src/chat.ts'
import { ROOM_RATES } from '../../src/rates.ts'
import { readTyped } from '../../src/screens/line-reader.ts'
import type { Screen, ScreenEvent } from '../../src/screens/screen.ts'
import { generateKeyPair } from '../../src/sealed/hpke.ts'
import { newSession } from '../../src/session/session.ts'
import { waitFor } from './wait.ts'

type Of<K extends ScreenEvent['kind']> = Extract<ScreenEvent, { kind: K }>

export interface LinkedChat {
  readonly network: Network
  readonly events: ScreenEvent[]
  type(line: string): void
  of<K extends ScreenEvent['kind']>(kind: K): Of<K>[]
  /** The first event of the kind that `probe` holds for. */
  shows<K extends ScreenEvent['kind']>(kind: K, probe: (event: Of<K>) => boolean): Promise<Of<K>>
}

export interface Line {
  readonly first: LinkedChat
  readonly relay: LinkedChat
  readonly last: LinkedChat
  end(): Promise<void>
}

/** Three chats; the outer two have one link each, to the one between, and no room for another. */
export async function startLine(folder: string): Promise<Line> {
  const leave = new AbortController()
  const left: Promise<unknown>[] = []
  const start = async (name: string, links: number, entry: string | null) => {
    const base = {
      listen: '127.0.0.1:0',
      name: `line-${process.pid}`,
      desiredLinks: links,
      maxLinks: links,
      limits: ROOM_RATES,
      inboxLimit: 8192
    }
    const network = await createNetwork(entry === null ? base : { ...base, join: entry })
    const { chat, end } = chatOn(network, name, join(folder, name), leave.signal)
    left.push(end)
    return chat
  }
  const relay = await start('relay', 2, null)
  const first = await start('first', 1, relay.network.address)
  const last = await start('last', 1, relay.network.address)
  await waitFor('two links', () => relay.network.peers.length === 2)
  await first.shows('presence', ({ name }) => name === 'last')
  await last.shows('presence', ({ name }) => name === 'first')
  const end = async () => {
    leave.abort()
    await Promise.all(left)
  }
  return { first, relay, last, end }
}

function chatOn(network: Network, name: string, downloads: string, leave: AbortSignal) {
  const typed = new PassThrough()
  const events: ScreenEvent[] = []
  const screen: Screen = {
    show: (event) => void events.push(event),
    setPrompt: () => undefined,
    setCompleter: () => undefined,
    ready: async () => undefined,
    close: async () => undefined
  }
  const nothing = () => undefined
  const log = { debug: nothing, info: nothing, warn: nothing, error: nothing, close: nothing }
  const keys = generateKeyPair()
  const session = newSession({ id: network.id, name, key: keys.publicKey, startedAt: Date.now() })
  const lines = readTyped(typed, 1_000)
  const end = runChat({
    network,
    screen,
    log,
    keys,
    session,
    lines,
    downloads,
    interactive: true,
    entries: [''],
    leave
  })
  const of = <K extends ScreenEvent['kind']>(kind: K) => events.filter((event): event is Of<K> => event.kind === kind)
  const chat: LinkedChat = {
    network,
    events,
    of,
    type: (line) => void typed.write(`${line}\n`),
    shows: (kind, probe) =>
      waitFor(
        `${name}: ${kind}`,
        () => of(kind).find(probe),
        () => JSON.stringify(events.slice(-50))
      )
  }
  return { chat, end }
}
