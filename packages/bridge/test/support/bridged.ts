// Bridges and floodnet nodes for tests: on loopback, with times that fit a test.
import { randomUUID } from 'node:crypto'
import { createNetwork, type Network } from '@floodnet/transport'
import type { Subject } from 'rxjs'
import { until, within } from '../../../../test/support/wait.ts'
import { Bridge } from '../../src/relay/bridge.ts'
import type { RelayOptions } from '../../src/relay/options.ts'
import type { ForeignMessage, Side } from '../../src/side.ts'
import { newId } from '../../src/tutorial/tutorial-node.ts'

const CLOSE_MS = 20_000
const LINKED_MS = 20_000

/** A floodnet node that keeps what it reads. */
export interface Listener {
  readonly network: Network
  /** Texts of envelopes and lines, notes among bridges left out, each as often as it came. */
  readonly texts: string[]
  /** 'from>to: text' of the same. */
  readonly words: string[]
}

export interface BridgeRun {
  readonly bridge: Bridge
  readonly network: Network
  /** Cuts it off from all networks, with no word to anybody. */
  die(): void
}

export class Stage {
  readonly name = `test-${randomUUID().slice(0, 8)}`
  readonly #closers: (() => Promise<unknown>)[] = []

  async listener(join: string | null): Promise<Listener> {
    const network = await this.network(join)
    const listener: Listener = { network, texts: [], words: [] }
    network.messages$.subscribe(({ payload }) => keep(listener, new TextDecoder().decode(payload)))
    return listener
  }

  /** Two that are linked. */
  async pair(): Promise<[Listener, Listener]> {
    const first = await this.listener(null)
    const second = await this.listener(first.network.address)
    await until(() => second.network.peers.length > 0, LINKED_MS, 'two nodes, linked')
    return [first, second]
  }

  async network(join: string | null): Promise<Network> {
    const network = await createNetwork({ listen: '127.0.0.1:0', join, name: this.name, inboxLimit: 8192 })
    this.later(() => network.close())
    return network
  }

  /** A bridge with a node of its own. `sides` are started when the other bridges know of this one. */
  async bridge(
    join: string | null,
    sides: readonly { readonly name: string; readonly hasIds: boolean; start(): Promise<Side> }[],
    relay: Partial<RelayOptions> = {}
  ): Promise<BridgeRun> {
    const network = await this.network(join)
    const bridge = new Bridge(network, newId, { hub: 'floodnet', relay, aloneMs: join === null ? 1 : 15_000 })
    this.later(() => bridge.close())
    await bridge.greet(sides)
    const started = await Promise.all(sides.map((side) => side.start()))
    for (const side of started) bridge.add(side)
    // Mute and deaf is as good as dead to all others: it has no way to tell them.
    const die = (): void => {
      for (const side of started) {
        side.say = () => Promise.resolve(null)
        ;(side.foreign$ as Subject<ForeignMessage>).complete()
      }
      network.write = () => new Promise(() => {})
    }
    return { bridge, network, die }
  }

  /** To be done at the end, the last first. */
  later(close: () => Promise<unknown>): void {
    this.#closers.unshift(close)
  }

  async close(): Promise<void> {
    const failures: unknown[] = []
    for (const close of this.#closers.splice(0)) {
      await within(close(), CLOSE_MS, 'something that closes').catch((error: unknown) => failures.push(error))
    }
    if (failures.length > 0) throw failures[0]
  }
}

function keep({ texts, words }: Listener, line: string): void {
  const { Text: text, From: from, To: to } = envelopeIn(line)
  if (to === '@bridges') return
  texts.push(text)
  words.push(`${from}>${to}: ${text}`)
}

function envelopeIn(line: string): { Text: string; From: string; To: string } {
  return line.startsWith('{') ? JSON.parse(line) : { Text: line, From: '', To: '' }
}
