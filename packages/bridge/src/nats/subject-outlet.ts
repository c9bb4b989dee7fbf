// Packets to a subject alone. The server does not confirm them, but answers a ping after it has handled everything
// before it, and reports a message with a reply subject if nobody listens.
import type { Msg, NatsConnection } from '@nats-io/transport-node'
import type { Clients } from './clients.ts'
import type { NatsMessage, Outcome, Outlet } from './sender.ts'

const NO_RESPONDERS = 503

export class SubjectOutlet implements Outlet {
  readonly #clients: Clients
  readonly #nats: NatsConnection
  readonly #subject: string
  readonly #inbox: string
  /** Indices of packets in this round that nobody accepted. */
  #untaken = new Set<number>()
  /** Answers to an earlier round are late. */
  #round = 0

  constructor(clients: Clients, nats: NatsConnection, subject: string) {
    this.#clients = clients
    this.#nats = nats
    this.#subject = subject
    this.#inbox = clients.createInbox()
    nats.subscribe(`${this.#inbox}.*.*`, { callback: (_, message) => this.#onAnswer(message) })
  }

  async send(packets: readonly (readonly NatsMessage[])[]): Promise<Outcome[]> {
    this.#untaken = new Set()
    this.#round++
    for (const [index, messages] of packets.entries()) for (const message of messages) this.#publish(message, index)
    try {
      await this.#nats.flush()
    } catch {
      return packets.map(() => 'unsure')
    }
    return packets.map((_, index) => (this.#untaken.has(index) ? 'nobody' : 'kept'))
  }

  #publish({ headers, body }: NatsMessage, index: number): void {
    const all = this.#clients.headers()
    for (const [name, value] of headers) all.append(name, value)
    this.#nats.publish(this.#subject, body, { headers: all, reply: `${this.#inbox}.${this.#round}.${index}` })
  }

  #onAnswer({ headers, subject }: Msg): void {
    const [round, index] = subject.split('.').slice(-2).map(Number)
    if (headers?.code === NO_RESPONDERS && round === this.#round && index !== undefined) this.#untaken.add(index)
  }
}
