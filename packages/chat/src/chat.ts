// One chat from its first line to its last: carries out what session.ts decides, on a network, a screen and a source of lines.
// Knows no process, file or terminal, so tests run it whole on a network of their own.
import type { Network } from '@floodnet/transport'
import { type Envelope, encodeEnvelope } from './envelope.ts'
import { codeOf, messageOf } from './errors.ts'
import { countJunk, newJunkMeter, takeJunk } from './junk-meter.ts'
import type { Log } from './log.ts'
import { type NetworkWatch, watchNetwork } from './network-watch.ts'
import { DEFAULT_ENTRY } from './options.ts'
import type { Screen, TypedLine } from './screen.ts'
import { type Effect, onLine, onPayload, promptOf, type Session, saidOf } from './session.ts'

/** At the end of a pipe: how long to wait for a first neighbour when nobody has heard a word yet. As long as one dial may take. */
export const HEARD_WAIT_MS = 5000
/** How long leaving may take; the network itself gives what was written 5 s. */
export const LEAVE_WAIT_MS = 10_000
// Messages handled before other work gets a turn: at some 10 us each, typing is never delayed by more than a few ms.
const MESSAGES_PER_TURN = 256

export interface ChatParts {
  readonly network: Network
  readonly screen: Screen
  readonly log: Log
  readonly session: Session
  /** What the user types. */
  readonly lines: AsyncIterable<TypedLine>
  /** A person waits for the end: do not hold them up for messages that nobody has heard. */
  readonly interactive: boolean
  /** Entry that createNetwork was given; null: join the default entry. */
  readonly entry: string | null
  /** Aborted when the user wants to leave by other means than a line (a signal, a closed screen). */
  readonly leave: AbortSignal
}

/** Resolves when the user has left. Rejects when the network failed. */
export async function runChat(parts: ChatParts): Promise<void> {
  const chat = new Chat(parts)
  chat.start()
  try {
    const end = await Promise.race([chat.type(), aborted(parts.leave), chat.receive(), parts.network.closed])
    if (end === 'input-ended' && !parts.interactive) await chat.waitUntilHeard()
  } finally {
    await chat.leave()
  }
}

class Chat {
  readonly #parts: ChatParts
  readonly #junk = newJunkMeter()
  readonly #watch: NetworkWatch
  // Something was said while there was no neighbour, and there has been none since.
  #unheard = false

  constructor(parts: ChatParts) {
    this.#parts = parts
    this.#watch = watchNetwork(parts.network, parts.screen)
    parts.network.on('peer-up', () => {
      this.#unheard = false
    })
  }

  start(): void {
    const { network, screen, log, session, entry } = this.#parts
    log.info({ address: network.address, id: network.id, name: session.name }, 'started')
    screen.show({ kind: 'listening', address: network.address, id: network.id })
    screen.setPrompt(promptOf(session))
    if (entry !== null) this.#watch.ask(entry)
    // Tried in silence: most often there simply is nobody yet.
    else if (!listensOnPortOf(network, DEFAULT_ENTRY)) network.connect(DEFAULT_ENTRY)
  }

  async type(): Promise<'left' | 'input-ended'> {
    for await (const line of this.#parts.lines) {
      for (const effect of onLine(this.#parts.session, line.text)) {
        if (effect.kind === 'leave') return 'left'
        await this.#run(effect)
      }
    }
    return 'input-ended'
  }

  async receive(): Promise<void> {
    const { network, screen, session } = this.#parts
    let count = 0
    for await (const message of network) {
      for (const effect of onPayload(session, message, Date.now())) await this.#run(effect)
      await screen.ready()
      if (++count % MESSAGES_PER_TURN === 0) await nextTurn()
    }
  }

  async waitUntilHeard(): Promise<void> {
    if (!this.#unheard || this.#parts.network.peers.length > 0) return
    const up = new Promise<void>((resolve) => this.#parts.network.once('peer-up', () => resolve()))
    if (await within(HEARD_WAIT_MS, up)) return
    this.#parts.screen.show({ kind: 'notice', text: 'nobody was there: what was said is lost' })
  }

  async leave(): Promise<void> {
    const { network, log, session } = this.#parts
    const junk = takeJunk(this.#junk, performance.now())
    if (junk !== null) log.warn(junk, 'ignored messages that are no chat')
    // Flushes as well. What it rejects with when the network has failed is what runChat rejects with.
    const closed = network.close().catch((error: unknown) => log.error({ error }, 'close'))
    const left = await within(LEAVE_WAIT_MS, closed)
    log[left ? 'info' : 'warn']({ name: session.name }, left ? 'left' : 'left before the network had closed')
  }

  async #run(effect: Effect): Promise<void> {
    switch (effect.kind) {
      case 'show':
        return this.#parts.screen.show(effect.event)
      case 'prompt':
        return this.#parts.screen.setPrompt(promptOf(this.#parts.session))
      case 'write':
        return this.#write(effect.envelope)
      case 'connect':
        return this.#connect(effect.address ?? DEFAULT_ENTRY)
      case 'junk':
        return this.#onJunk(effect)
      case 'leave':
    }
  }

  async #write(envelope: Envelope): Promise<void> {
    const { network, screen } = this.#parts
    try {
      const receipt = await network.write(encodeEnvelope(envelope))
      screen.show(saidOf(envelope, receipt, Date.now()))
      if (receipt.links === 0) this.#onUnheard()
    } catch (error) {
      screen.show({ kind: 'error', code: codeOf(error), message: `not said: ${messageOf(error)}` })
    }
  }

  #onUnheard(): void {
    if (this.#unheard) return
    this.#unheard = true
    this.#parts.screen.show({ kind: 'notice', text: 'nobody is here yet: it will be sent to the first who comes' })
  }

  #connect(address: string): void {
    const { network, screen } = this.#parts
    if (listensOnPortOf(network, address) && address === DEFAULT_ENTRY) {
      return screen.show({ kind: 'notice', text: `${address} is this node itself: others join you there` })
    }
    try {
      this.#watch.ask(address)
      network.connect(address)
      screen.show({ kind: 'notice', text: `joining ${address}` })
    } catch (error) {
      screen.show({ kind: 'error', code: codeOf(error), message: messageOf(error) })
    }
  }

  #onJunk({ reason }: Extract<Effect, { kind: 'junk' }>): void {
    const due = countJunk(this.#junk, reason, performance.now())
    if (due !== null) this.#parts.log.warn(due, 'ignored messages that are no chat')
  }
}

function listensOnPortOf({ address: own }: Network, address: string): boolean {
  return own !== null && portOf(own) === portOf(address)
}

function portOf(address: string): string {
  return address.slice(address.lastIndexOf(':') + 1)
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve()
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
}

// False when `work` took longer. The timer goes with the race, so that nothing outlives the chat.
async function within(ms: number, work: Promise<void>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), ms)
  })
  const done = await Promise.race([work.then(() => true as const), late])
  clearTimeout(timer)
  return done
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
