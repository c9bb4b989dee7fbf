// Two honest neighbours between whom numbered messages flow all the while: whatever a test does to one of them, the
// stream must neither stop nor lose anything.
import { setTimeout as pause } from 'node:timers/promises'
import * as assert from 'uvu/assert'
import { until } from '../../../../test/support/wait.ts'
import type { NetworkOptions } from '../../src/api.ts'
import { newMessage, newTally, noteMessage, type StreamTally } from './content.ts'
import { closeNodes, type LocalNode, linked, startNode } from './named-node.ts'

const MESSAGE_BYTES = 100
/** Messages that must come to show that the stream flows. */
const FLOW_MESSAGES = 5

export class HonestStream {
  /** The reader, whom the test attacks. */
  readonly target: LocalNode
  readonly tally: StreamTally = newTally()
  #written = 0
  #ended = false
  #work: Promise<unknown> = Promise.resolve()

  constructor(target: LocalNode) {
    this.target = target
  }

  flow(writer: LocalNode): this {
    this.#work = Promise.all([this.#write(writer), this.#read(writer.network.id)])
    return this
  }

  /** Messages written now still arrive, and so far none is missing. */
  async flows(): Promise<void> {
    const from = this.tally.received
    await until(() => this.tally.received >= from + FLOW_MESSAGES, 15_000, 'the honest stream goes on')
    const { missing, disordered, damaged } = this.tally
    assert.equal({ missing, disordered, damaged }, { missing: 0, disordered: 0, damaged: 0 })
  }

  async end(): Promise<void> {
    this.#ended = true
    await until(() => this.tally.received >= this.#written, 15_000, 'the honest stream arrives in full')
    await closeNodes()
    await this.#work
  }

  async #write(writer: LocalNode): Promise<void> {
    while (!this.#ended) {
      await writer.network.write(newMessage(this.#written, MESSAGE_BYTES))
      this.#written++
      await pause(1)
    }
  }

  /** Messages of others are a test's own matter. */
  async #read(author: string): Promise<void> {
    for await (const { origin, payload } of this.target.network)
      if (origin === author) noteMessage(this.tally, payload, 0)
  }
}

export async function startHonestStream(options: NetworkOptions = {}): Promise<HonestStream> {
  const { security = 'tls' } = options
  const target = await startNode(options)
  const writer = await startNode({ security, join: target.address, desiredLinks: 1, maxLinks: 1 })
  await linked(target, writer)
  return new HonestStream(target).flow(writer)
}
