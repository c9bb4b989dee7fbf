// `floodnet pub`: sends messages, and ends when each has been handed to a neighbour.
import type { Readable } from 'node:stream'
import { FloodnetError } from '@floodnet/core'
import type { Network } from '../../api.ts'
import type { Body, BodyContext, Task } from '../run.ts'
import type { Source } from '../settings.ts'
import { messagesOf } from './messages.ts'

/** Losses of packets that no neighbour got, however many neighbours there were. */
const LOST_HERE: ReadonlySet<string> = new Set(['no-link', 'worker-crash', 'closed', 'write-queue-full'])
/** Losses on one link: if it was the only one, nobody got the packet. */
const LOST_ON_LINK: ReadonlySet<string> = new Set(['lagging', 'link-down'])

export const runPub: Body = (context) => new Publication(context)

class Publication implements Task {
  readonly done: Promise<void>
  readonly #network: Network
  readonly #source: Source
  readonly #notice: (text: string) => void
  /** Messages taken from the input, and how many of them the network has taken. */
  #read = 0
  #written = 0
  #hasBegun = false
  /** Neighbours when the last message was written. */
  #links = 0
  #phase: 'reading input' | 'waiting for a neighbour' | 'sending' | 'flushing' = 'reading input'
  readonly #neighbours = new Set<string>()
  readonly #lost = new Map<string, number>()

  constructor({ network, settings, openStdin, reporter }: BodyContext) {
    this.#network = network
    this.#source = settings.source
    this.#notice = reporter.notice
    this.#watch()
    this.done = this.#run(openStdin, settings.timeoutMs)
  }

  undone(): string | null {
    const read = this.#read + Number(this.#hasBegun)
    const unsent = read - this.#written
    const lost = [...this.#lost]
      // Messages that were still waiting when the network closed are among the unsent.
      .map(([reason, count]) => [reason, reason === 'closed' ? count - unsent : count] as const)
      .flatMap(([reason, count]) => (count > 0 ? [`${count} dropped (${reason})`] : []))
    if (unsent > 0) lost.unshift(`${unsent} of ${read} messages read not sent`)
    return lost.length === 0 ? null : `not everything was handed to a neighbour: ${lost.join(', ')}`
  }

  async #run(openStdin: () => Readable, timeoutMs: number | null): Promise<void> {
    try {
      await this.#withDeadline(timeoutMs, this.#sendAll(openStdin))
    } finally {
      this.#notice(`messages sent: ${this.#written}`)
    }
  }

  #watch(): void {
    for (const { id } of this.#network.peers) this.#neighbours.add(id)
    this.#network.on('peer-up', ({ id }) => void this.#neighbours.add(id))
    this.#network.on('dropped', ({ reason, count }) => {
      const isLost = LOST_HERE.has(reason) || (LOST_ON_LINK.has(reason) && this.#neighbours.size === 1)
      if (isLost) this.#lost.set(reason, (this.#lost.get(reason) ?? 0) + count)
    })
  }

  async #sendAll(openStdin: () => Readable): Promise<void> {
    for await (const { messages, hasBegun } of messagesOf(this.#source, openStdin)) {
      this.#read += messages.length
      this.#hasBegun = hasBegun
      await this.#send(messages)
    }
    if (this.#written === 0) return
    await this.#neighbour()
    this.#phase = 'flushing'
    await this.#network.flush()
  }

  async #send(messages: readonly Uint8Array[]): Promise<void> {
    for (const message of messages) {
      // Without a neighbour, the network holds only a limited amount; the input can wait.
      if (this.#links === 0) await this.#neighbour()
      this.#phase = 'sending'
      this.#links = (await this.#network.write(message)).links
      this.#written++
    }
    this.#phase = 'reading input'
  }

  async #neighbour(): Promise<void> {
    if (this.#network.peers.length > 0) return
    this.#phase = 'waiting for a neighbour'
    this.#notice('waiting for a neighbour')
    await new Promise<void>((resolve) => this.#network.once('peer-up', () => resolve()))
  }

  async #withDeadline(timeoutMs: number | null, work: Promise<void>): Promise<void> {
    if (timeoutMs === null) return await work
    let timer: NodeJS.Timeout | undefined
    const deadline = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(this.#timeoutError(timeoutMs)), timeoutMs)
    })
    try {
      await Promise.race([work, deadline])
    } finally {
      clearTimeout(timer)
    }
  }

  #timeoutError(timeoutMs: number): FloodnetError {
    const message = `not done after ${timeoutMs} ms (${this.#phase}): ${this.#leftText()}`
    return new FloodnetError('ERR_FLOODNET_FAILED', message, { subject: '--timeout' })
  }

  #leftText(): string {
    const [written, phase] = [this.#written, this.#phase]
    if (this.#source.kind !== 'lines') return written === 0 ? 'the message was not sent' : 'no neighbour has taken it'
    if (written === 0) return 'no line of the input was sent'
    if (phase === 'reading input') return `lines 1 to ${written} were sent, what follows was not`
    if (phase === 'sending') return `lines 1 to ${written} were sent, line ${written + 1} and what follows were not`
    return `lines 1 to ${written} were written, but not all of them were handed to a neighbour`
  }
}
