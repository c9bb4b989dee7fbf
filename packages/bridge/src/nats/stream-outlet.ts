// Packets to a JetStream stream, which keeps them and confirms each. Within its duplicate window it recognises
// `Nats-Msg-Id`, and takes no packet twice, however many bridges send it and however often.

import { messageOf } from '@floodnet/core'
import type { JetStreamClient } from '@nats-io/jetstream'
import type { Clients } from './clients.ts'
import type { NatsMessage, Outcome, Outlet } from './sender.ts'

/** From here on, JetStream's answers are about the server and not about the message. */
const SERVER_FAULT = 500

/** What a stream's outlet needs of its bridge. */
export interface StreamOutletHost {
  /** Resolves when the connection is lost. */
  readonly lost: Promise<void>
  onNotice(text: string): void
}

export class StreamOutlet implements Outlet {
  readonly #clients: Clients
  readonly #jetstream: JetStreamClient
  readonly #subject: string
  readonly #stream: string
  readonly #confirmMs: number
  readonly #host: StreamOutletHost

  constructor(
    clients: Clients,
    jetstream: JetStreamClient,
    { subject, stream, confirmMs }: { subject: string; stream: string; confirmMs: number },
    host: StreamOutletHost
  ) {
    this.#clients = clients
    this.#jetstream = jetstream
    this.#subject = subject
    this.#stream = stream
    this.#confirmMs = confirmMs
    this.#host = host
  }

  send(packets: readonly (readonly NatsMessage[])[]): Promise<Outcome[]> {
    return Promise.all(
      packets.map(async (messages) => worst(await Promise.all(messages.map((message) => this.#publish(message)))))
    )
  }

  async #publish({ id, headers, body }: NatsMessage): Promise<Outcome> {
    const all = this.#clients.headers()
    for (const [name, value] of headers) all.append(name, value)
    const options = { headers: all, msgID: id, timeout: this.#confirmMs, expect: { streamName: this.#stream } }
    try {
      const published = this.#jetstream.publish(this.#subject, body, options).then((): Outcome => 'kept')
      return await Promise.race([published, this.#host.lost.then((): Outcome => 'unsure')])
    } catch (error) {
      if (!isOfMessage(error)) return 'unsure'
      this.#host.onNotice(`stream ${this.#stream} does not take a packet: ${messageOf(error)}`)
      return 'refused'
    }
  }
}

function worst(outcomes: readonly Outcome[]): Outcome {
  return outcomes.find((outcome) => outcome === 'unsure') ?? outcomes.find((outcome) => outcome !== 'kept') ?? 'kept'
}

/** A JetStreamApiError, by its shape: the class is the client's, which is loaded late. */
function isOfMessage(error: unknown): boolean {
  const { name, status } = error as { name?: string; status?: number }
  return name === 'JetStreamApiError' && status !== undefined && status < SERVER_FAULT
}
