// One chat from its first line to its last: carries out what the pure part decides, on a network, a screen and a source of lines. Knows no
// process, file or terminal, so tests run it whole on a network of their own.
import { randomBytes } from 'node:crypto'
import { codeOf, messageOf } from '@floodnet/core'
import type { Network } from '@floodnet/transport'
import { completerOf } from './commands/completion.ts'
import { ChatFiles } from './files/chat-files.ts'
import { countInvalid, newInvalidCounter, takeInvalid } from './guard/invalid-counter.ts'
import type { EntryWatch } from './network/entry-watch.ts'
import { listensOnPortOf, watchNetwork } from './network/network-watch.ts'
import { SealedMail } from './network/sealed-mail.ts'
import { StatusMeter } from './network/status.ts'
import { onLine } from './on-line.ts'
import { type Arrived, onMessage, onSealed } from './on-message.ts'
import { onCompany, onLeave, onTick } from './on-tick.ts'
import { DEFAULT_ENTRY } from './options.ts'
import { fingerprintOf } from './people/trust.ts'
import type { Screen, ScreenEvent, TypedLine } from './screens/screen.ts'
import type { KeyPair } from './sealed/hpke.ts'
import { isSealed } from './sealed/sealed-message.ts'
import type { Effect, StepContext, Unsaid } from './session/effects.ts'
import { idOf, knownOf, promptOf, type Session } from './session/session.ts'
import type { Log } from './store/log.ts'
import { Saver } from './store/saver.ts'
import type { Transcript } from './store/transcript.ts'
import { aborted, nextTurn, within } from './waiting.ts'

/** At the end of a pipe: how long to wait for a first neighbour when nobody has heard a word yet. As long as one dial may take. */
export const HEARD_WAIT_MS = 5000
/** How long leaving may take; the network itself gives what was written 5 s. */
export const LEAVE_WAIT_MS = 10_000
/** How often time is looked at: presence, receipts and searches are in seconds. */
const TICK_MS = 200
const TICKS_PER_STATUS = 5
const TICKS_PER_SAVE = 10
// Messages handled before other work gets a turn: at some 10 us each, typing is never delayed by more than a few ms.
const MESSAGES_PER_TURN = 256

export interface ChatParts {
  readonly network: Network
  readonly screen: Screen
  readonly log: Log
  readonly session: Session
  /** The X25519 pair whose public half the session tells others. */
  readonly keys: KeyPair
  /** What the user types. */
  readonly lines: AsyncIterable<TypedLine>
  /** A person waits for the end: do not hold them up for messages that nobody has heard. */
  readonly interactive: boolean
  /** Nothing is said before there is a neighbour, or the time for that is over. */
  readonly patient?: boolean
  /** What this user writes goes over some single links before it floods (`--private`). */
  readonly stem?: boolean
  /** Entry that createNetwork was given; null: join the default entry. */
  readonly entry: string | null
  /** Aborted when the user wants to leave by other means than a line (a signal, a closed screen). */
  readonly leave: AbortSignal
  readonly transcript?: Transcript | null
  /** Folder for files that come in. */
  readonly downloads?: string
  /** Writes down what is to be known in the next run. */
  readonly save?: (name: string) => Promise<void>
}

/** Resolves when the user has left. `unsaid`: something that was typed reached nobody. Rejects when the network failed. */
export async function runChat(parts: ChatParts): Promise<{ unsaid: boolean }> {
  const chat = new Chat(parts)
  chat.start()
  try {
    const end = await Promise.race([chat.type(), chat.told, chat.receive(), parts.network.closed])
    if (end === 'input-ended' && !parts.interactive) await chat.finish()
  } finally {
    await chat.leave()
  }
  return { unsaid: chat.unsaid }
}

class Chat {
  unsaid = false
  readonly #parts: ChatParts
  readonly #invalid = newInvalidCounter()
  readonly #watch: EntryWatch
  readonly #mail: SealedMail
  readonly #saver: Saver
  readonly #files: ChatFiles
  readonly #status = new StatusMeter(performance.now())
  readonly #told: Promise<void>
  #ticker: NodeJS.Timeout | null = null
  #ticks = 0
  #leaving = false
  // Something was said while there was no neighbour, and there has been none since.
  #unheard = false

  constructor(parts: ChatParts) {
    this.#parts = parts
    this.#told = aborted(parts.leave)
    const { network, session } = parts
    this.#mail = new SealedMail(network, parts.keys, parts.stem ?? false)
    const run = (effects: readonly Effect[]) => void effects.map((effect) => this.#run(effect))
    this.#files = new ChatFiles(parts, this.#mail, { run, context: () => this.#turn() })
    const failed = (message: string) => this.#show({ kind: 'error', code: 'ERR_FLOODNET_FAILED', message })
    this.#saver = new Saver(parts.save ?? (async () => undefined), failed)
    this.#watch = watchNetwork(network, (event) => this.#show(event))
    network.on('peer-up', () => {
      this.#unheard = false
      if (network.peers.length <= 1) onCompany(session, this.#turn())
    })
    network.on('suppressed', ({ origin, count }) => {
      const { name } = knownOf(session, origin)
      this.#show({ kind: 'suppressed', from: name, fingerprint: fingerprintOf(origin), count })
    })
    network.on('dropped', ({ count, peer }) => {
      if (peer === null) this.#status.countDropped(count)
    })
  }

  /** Resolves when the user wants to leave by other means than a line. */
  get told(): Promise<void> {
    return this.#told
  }

  start(): void {
    const { network, screen, log, session, entry } = this.#parts
    log.info({ address: network.address, id: network.id, name: session.name }, 'started')
    this.#show({ kind: 'listening', address: network.address, id: network.id })
    screen.setPrompt(promptOf(session))
    screen.setCompleter(completerOf(session))
    if (entry !== null) this.#watch.ask(entry)
    // Tried in silence: most often there simply is nobody yet.
    else if (!listensOnPortOf(network, DEFAULT_ENTRY)) network.connect(DEFAULT_ENTRY)
    void this.#files.tidy(Date.now()).then((count) => count > 0 && log.info({ count }, 'removed old parts of files'))
    this.#tick()
    this.#ticker = setInterval(() => this.#tick(), TICK_MS)
  }

  async type(): Promise<'left' | 'input-ended'> {
    if (this.#parts.patient) await this.#company()
    for await (const line of this.#parts.lines) {
      for (const effect of onLine(this.#parts.session, line, this.#turn())) {
        if (effect.kind === 'leave') return 'left'
        await this.#run(effect)
      }
    }
    return 'input-ended'
  }

  async receive(): Promise<void> {
    const { network, screen } = this.#parts
    let count = 0
    for await (const message of network) {
      if (this.#leaving) return
      this.#status.countMessage()
      for (const effect of this.#effectsOf(message)) await this.#run(effect)
      await screen.ready()
      if (++count % MESSAGES_PER_TURN === 0) await nextTurn()
    }
  }

  /** The end of a pipe: what was typed is to be heard, and who is looked for to be found. */
  async finish(): Promise<void> {
    const { session, network } = this.#parts
    while (session.pending.searches.length > 0 && !this.#parts.leave.aborted) await within(TICK_MS, this.#told)
    if (network.peers.length > 0) await within(LEAVE_WAIT_MS, this.#mail.idle)
    if (!this.#unheard || (await this.#company())) return
    this.unsaid = true
    this.#show({ kind: 'notice', text: 'nobody was there: what was said is lost' })
  }

  async leave(): Promise<void> {
    const { network, log, session, transcript } = this.#parts
    this.#leaving = true
    if (this.#ticker !== null) clearInterval(this.#ticker)
    await this.#sayGoodbye()
    const invalid = takeInvalid(this.#invalid, performance.now())
    if (invalid !== null) log.warn(invalid, 'ignored messages that are no chat')
    log.info(this.#mail.counts, 'sealed messages')
    // Flushes as well. What it rejects with when the network has failed is what runChat rejects with.
    const closed = network.close().catch((error: unknown) => log.error({ error }, 'close'))
    const left = await within(LEAVE_WAIT_MS, closed)
    await this.#files.desk.close()
    await this.#saver.save(session.name)
    await transcript?.close()
    log[left ? 'info' : 'warn']({ name: session.name }, left ? 'left' : 'left before the network had closed')
  }

  async #run(effect: Effect): Promise<void> {
    switch (effect.kind) {
      case 'show':
        return this.#show(effect.event)
      case 'prompt':
        return this.#parts.screen.setPrompt(promptOf(this.#parts.session))
      case 'write':
        return this.#write(effect.payload, effect.said)
      case 'sealed':
        return this.#sendSealed(effect)
      case 'file':
        return this.#files.desk.run(effect.task)
      case 'connect':
        return this.#connect(effect.address ?? DEFAULT_ENTRY)
      case 'invalid':
        return this.#onInvalid(effect)
      case 'leave':
    }
  }

  #effectsOf(message: Arrived): Effect[] {
    const { session } = this.#parts
    if (!isSealed(message.payload)) return onMessage(session, message, this.#turn())
    const opened = this.#mail.open(message.payload, performance.now())
    if (opened === null) return [{ kind: 'invalid', reason: 'sealed-crowded' }]
    return opened.kind === 'closed' ? [] : onSealed(session, opened, this.#turn())
  }

  #tick(): void {
    const { network, session } = this.#parts
    const connected = network.peers.length > 0
    for (const effect of onTick(session, connected, this.#turn())) void this.#run(effect)
    this.#ticks++
    if (this.#ticks % TICKS_PER_STATUS === 0) this.#show(this.#status.take(network, session, performance.now()))
    if (this.#ticks % TICKS_PER_SAVE === 0) void this.#saver.save(session.name)
  }

  #show(event: ScreenEvent): void {
    if (event.kind === 'said' && event.state === 'nobody') this.unsaid = true
    this.#parts.screen.show(event)
    this.#parts.transcript?.note(event, new Date())
  }

  async #write(payload: Uint8Array, said: Unsaid | null): Promise<void> {
    const { network, session, log, stem } = this.#parts
    try {
      const receipt = await network.write(payload, { stem: stem ?? false })
      if (said === null) return
      this.#show({ kind: 'said', from: session.name, ...said, at: Date.now(), id: idOf(receipt), state: 'sent' })
      if (receipt.links === 0) this.#onUnheard()
    } catch (error) {
      if (said === null) log.warn({ error }, 'presence was not told')
      else this.#onUnsaid(error)
    }
  }

  // Not waited for: without a neighbour it would hold up what comes after.
  #sendSealed(effect: Extract<Effect, { kind: 'sealed' }>): void {
    const { said } = effect
    this.#mail.send(effect, Date.now()).then(
      () => said && this.#show(said),
      (error: unknown) => (said === null ? undefined : this.#onUnsaid(error))
    )
  }

  #onUnsaid(error: unknown): void {
    this.unsaid = true
    this.#show({ kind: 'error', code: codeOf(error), message: `not said: ${messageOf(error)}` })
  }

  #onUnheard(): void {
    if (this.#unheard) return
    this.#unheard = true
    this.#show({ kind: 'notice', text: 'nobody is here yet: it will be sent to the first who comes' })
  }

  #connect(address: string): void {
    const { network } = this.#parts
    if (listensOnPortOf(network, address) && address === DEFAULT_ENTRY) {
      return this.#show({ kind: 'notice', text: `${address} is this node itself: others join you there` })
    }
    try {
      this.#watch.ask(address)
      network.connect(address)
      this.#show({ kind: 'notice', text: `joining ${address}` })
    } catch (error) {
      this.#show({ kind: 'error', code: codeOf(error), message: messageOf(error) })
    }
  }

  #onInvalid({ reason }: Extract<Effect, { kind: 'invalid' }>): void {
    const due = countInvalid(this.#invalid, reason, performance.now())
    if (due !== null) this.#parts.log.warn(due, 'ignored messages that are no chat')
  }

  /** False when nobody came in time. */
  #company(): Promise<boolean> {
    const { network } = this.#parts
    if (network.peers.length > 0) return Promise.resolve(true)
    const up = new Promise<void>((resolve) => network.once('peer-up', () => resolve()))
    return within(HEARD_WAIT_MS, Promise.race([up, this.#told]))
  }

  async #sayGoodbye(): Promise<void> {
    if (this.#parts.network.peers.length === 0) return
    for (const effect of onLeave(this.#parts.session, this.#turn())) await this.#run(effect)
    await within(TICK_MS, this.#mail.idle)
  }

  #turn(): StepContext {
    return { now: Date.now(), random: Math.random, newId: () => randomBytes(16).toString('hex') }
  }
}
