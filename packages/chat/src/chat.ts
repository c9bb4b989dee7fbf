// One chat from its first line to its last: carries out what the pure part decides, on a network, a screen and a source
// of lines. Knows no process, file or terminal, so tests run it whole on a network of their own.
import { randomBytes } from 'node:crypto'
import type { Network } from '@floodnet/transport'
import { completerOf } from './commands/completion.ts'
import { type EndingParts, finish, LEAVE_WAIT_MS, settle } from './ending.ts'
import { ChatFiles } from './files/chat-files.ts'
import { countInvalid, newInvalidCounter, takeInvalid } from './guard/invalid-counter.ts'
import { Alone } from './network/alone.ts'
import { reach } from './network/company.ts'
import { connect, rejoin } from './network/connecting.ts'
import { type EntryWatch, titleOf } from './network/entry-watch.ts'
import { invite, joinAddress } from './network/invite.ts'
import { listensOnPortOf, watchNetwork } from './network/network-watch.ts'
import { tryDefaultEntry } from './network/next-ports.ts'
import { SealedMail } from './network/sealed-mail.ts'
import { Speaker } from './network/speaking.ts'
import { StatusMeter } from './network/status.ts'
import { onAway, onBack } from './on-away.ts'
import { onLine } from './on-line.ts'
import { type Arrived, onMessage, onSealed } from './on-message.ts'
import { onCompany, onLeave, onTick } from './on-tick.ts'
import { DEFAULT_ENTRY } from './options.ts'
import { Outcome } from './outcome.ts'
import { friendsOf } from './people/friends.ts'
import { fingerprintOf } from './people/trust.ts'
import type { Screen, ScreenEvent, TypedLine } from './screens/screen.ts'
import type { KeyPair } from './sealed/hpke.ts'
import { isSealed } from './sealed/sealed-message.ts'
import type { Effect, StepContext } from './session/effects.ts'
import { MAX_SEARCHING } from './session/pending.ts'
import { knownOf, promptOf, type Session } from './session/session.ts'
import type { Log } from './store/log.ts'
import { Saver } from './store/saver.ts'
import type { Transcript } from './store/transcript.ts'
import { aborted, nextTurn, within } from './waiting.ts'

/** How often the chat checks the time: presence, receipts and searches are in seconds. */
const TICK_MS = 200
const TICKS_PER_STATUS = 5
const TICKS_PER_SAVE = 10
/**
 * With this many sealed messages waiting to go out, a pipe has to wait: as many as go out within a few seconds
 * (network/sealed-pace.ts).
 */
const MAX_UNSENT = 500
/** Sealed messages tried before other work gets a turn: some ms. */
const OPENINGS_PER_LOOK = 32
// Messages handled before other work gets a turn: at some 10 us each, they never delay typing by more than a few ms.
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
  /** A person waits for the end: do not make them wait for messages that nobody has heard. */
  readonly interactive: boolean
  /**
   * Says nothing before the entry is reached (or any neighbour, if none was named), and nothing at all if it is not
   * reached.
   */
  readonly patient?: boolean
  /** Sends what this user writes over single links before it floods (`--private`). */
  readonly stem?: boolean
  /** Entries that createNetwork was given; none: join the default entry. */
  readonly entries: readonly string[]
  /** Aborted when the user wants to leave by means other than a line (a signal, a closed screen). */
  readonly leave: AbortSignal
  readonly transcript?: Transcript | null
  /** Folder for incoming files. */
  readonly downloads?: string
  /** Saves what the next run needs to know. */
  readonly save?: (name: string) => Promise<void>
}

/**
 * Resolves when the user has left. `problem`: what was asked for and not done, in words. Rejects if the network failed.
 */
export async function runChat(parts: ChatParts): Promise<{ problem: string | null }> {
  const chat = new Chat(parts)
  chat.start()
  try {
    const end = await Promise.race([chat.type(), chat.told, chat.receive(), parts.network.closed])
    if (end !== undefined && !parts.interactive) await chat.finish()
    chat.settle()
  } finally {
    await chat.leave()
  }
  return { problem: chat.outcome.problem }
}

class Chat {
  readonly outcome = new Outcome()
  readonly #parts: ChatParts
  readonly #invalid = newInvalidCounter()
  readonly #watch: EntryWatch
  readonly #mail: SealedMail
  readonly #speaker: Speaker
  readonly #saver: Saver
  readonly #files: ChatFiles
  readonly #status = new StatusMeter(performance.now())
  readonly #told: Promise<void>
  readonly #alone: Alone
  #ticker: NodeJS.Timeout | null = null
  #ticks = 0
  #leaving = false
  /** The list that the network was last told. */
  #friends = ''

  constructor(parts: ChatParts) {
    this.#parts = parts
    this.#told = aborted(parts.leave)
    const { network, session } = parts
    this.#alone = new Alone(network)
    const stem = parts.stem ?? false
    this.#mail = new SealedMail(network, parts.keys, stem)
    const speaking = { network, session, log: parts.log, mail: this.#mail, stem, outcome: this.outcome }
    this.#speaker = new Speaker({ ...speaking, show: (event) => this.#show(event) })
    const run = (effects: readonly Effect[]) => void effects.map((effect) => this.#run(effect))
    this.#files = new ChatFiles(parts, this.#mail, { run, context: () => this.#turn() })
    const failed = (message: string) => this.#show({ kind: 'error', code: 'ERR_FLOODNET_FAILED', message })
    this.#saver = new Saver(parts.save ?? (async () => undefined), failed)
    this.#watch = watchNetwork(network, (event) => this.#show(event))
    network.on('peer-up', () => {
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

  /** Resolves when the user wants to leave by means other than a line. */
  get told(): Promise<void> {
    return this.#told
  }

  start(): void {
    const { network, screen, log, session, entries } = this.#parts
    log.info({ address: network.address, id: network.id, name: session.name }, 'started')
    this.#show({ kind: 'listening', address: network.address, id: network.id, join: joinAddress(network) })
    screen.setPrompt(promptOf(session))
    screen.setCompleter(completerOf(session))
    for (const entry of entries) this.#watch.askFromStart(entry)
    if (entries.length === 0 && !listensOnPortOf(network, DEFAULT_ENTRY))
      tryDefaultEntry(network, (address) => network.connect(address))
    void this.#files.tidy(Date.now()).then((count) => count > 0 && log.info({ count }, 'removed old parts of files'))
    this.#tick()
    this.#ticker = setInterval(() => this.#tick(), TICK_MS)
  }

  async type(): Promise<'left' | 'input-ended'> {
    const { network, session, lines, leave, patient, entries } = this.#parts
    const reached = !patient || (await reach(network, this.#watch, entries, leave))
    for await (const line of lines) {
      if (!reached) {
        const isBlank = line.text.trim() === ''
        this.outcome.fail(
          entries.length === 0 ? 'nobody was there' : `${titleOf(entries)} did not answer`,
          isBlank ? 0 : 1
        )
        continue
      }
      for (const effect of onLine(session, line, this.#turn())) {
        if (effect.kind === 'leave') return 'left'
        await this.#run(effect)
      }
      // The rest of a pipe waits there while we look for the readers of earlier lines.
      while (this.#isBehind && !leave.aborted) await within(TICK_MS, this.#told)
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

  /** A pipe brings more than goes out: its next lines wait there. */
  get #isBehind(): boolean {
    return this.#parts.session.pending.searches.length >= MAX_SEARCHING || this.#mail.unsent >= MAX_UNSENT
  }

  /** See ending.ts. */
  finish(): Promise<void> {
    return finish(this.#ending)
  }

  settle(): void {
    if (settle(this.#ending)) this.#show({ kind: 'notice', text: 'nobody was there: what was said is lost' })
  }

  async leave(): Promise<void> {
    const { network, log, session, transcript } = this.#parts
    this.#leaving = true
    if (this.#ticker !== null) clearInterval(this.#ticker)
    await this.#sayGoodbye()
    const invalid = takeInvalid(this.#invalid, performance.now())
    if (invalid !== null) log.warn(invalid, 'ignored messages that are not chat')
    log.info(this.#mail.counts, 'sealed messages')
    // It flushes as well. If the network has failed, its error is the one that runChat rejects with.
    const closed = network.close().catch((error: unknown) => log.error({ error }, 'close'))
    const left = await within(LEAVE_WAIT_MS, closed)
    await this.#files.desk.close()
    await this.#saver.save(session.name)
    await transcript?.close()
    log[left ? 'info' : 'warn']({ name: session.name }, left ? 'left' : 'left before the network had closed')
  }

  async #run(effect: Effect): Promise<void> {
    const { network, screen, session } = this.#parts
    switch (effect.kind) {
      case 'show':
        return this.#show(effect.event)
      case 'prompt':
        return screen.setPrompt(promptOf(session))
      case 'write':
        return this.#speaker.write(effect.payload, effect.said)
      case 'sealed':
        return this.#speaker.sendSealed(effect)
      case 'file':
        return this.#files.desk.run(effect.task)
      case 'connect':
        return this.#connect(effect)
      case 'disconnect':
        return this.#disconnect()
      case 'invite':
        return invite(network, effect.withKey, (event) => this.#show(event))
      case 'invalid':
        return this.#onInvalid(effect)
      case 'leave':
    }
  }

  async #connect({ address, network: name }: Extract<Effect, { kind: 'connect' }>): Promise<void> {
    const { network, session } = this.#parts
    const show = (event: ScreenEvent) => this.#show(event)
    if (!session.away) return connect(network, this.#watch, address ?? DEFAULT_ENTRY, show)
    if (await rejoin(network, this.#watch, { address, name }, show)) onBack(session)
  }

  async #disconnect(): Promise<void> {
    const { network, session, log } = this.#parts
    await this.#sayGoodbye()
    const effects = onAway(session, this.#turn())
    this.#watch.forget()
    // The network counts what does not go out by then.
    if (!(await within(LEAVE_WAIT_MS, network.leave()))) log.warn({}, 'leaving takes long')
    for (const effect of effects) await this.#run(effect)
  }

  #effectsOf(message: Arrived): Effect[] {
    const { session } = this.#parts
    // From the network that we left: late messages would bring its people back.
    if (session.away) return []
    if (!isSealed(message.payload)) return onMessage(session, message, this.#turn())
    const dropped: Effect[] = this.#mail.take(message.origin, message.payload)
      ? []
      : [{ kind: 'invalid', reason: 'sealed-crowded' }]
    return [...dropped, ...this.#sealed()]
  }

  /** What follows from the sealed messages that may be tried now. */
  #sealed(): Effect[] {
    const { session } = this.#parts
    const effects: Effect[] = []
    for (let n = 0; n < OPENINGS_PER_LOOK; n++) {
      const opened = this.#mail.open(performance.now())
      if (opened === null) break
      if (opened.kind !== 'closed' && !session.away) effects.push(...onSealed(session, opened, this.#turn()))
    }
    return effects
  }

  #tick(): void {
    const { network, session, screen } = this.#parts
    session.front = screen.front?.() ?? null
    const connected = network.peers.length > 0
    for (const effect of this.#sealed()) void this.#run(effect)
    for (const effect of onTick(session, connected, this.#turn())) void this.#run(effect)
    this.#tellIfAlone()
    if (this.#ticks % TICKS_PER_STATUS === 0) this.#tellFriends()
    this.#ticks++
    if (this.#ticks % TICKS_PER_STATUS === 0) this.#show(this.#status.take(network, session, performance.now()))
    if (this.#ticks % TICKS_PER_SAVE === 0) void this.#saver.save(session.name)
  }

  /** So that no flood of strangers displaces them. */
  #tellFriends(): void {
    const { network, session } = this.#parts
    const friends = friendsOf(session.book, session.writtenTo)
    if (friends.join() === this.#friends) return
    this.#friends = friends.join()
    network.know(friends)
  }

  #tellIfAlone(): void {
    const { patient } = this.#parts
    const text = patient || this.#parts.session.away ? null : this.#alone.check(performance.now())
    if (text !== null) this.#show({ kind: 'notice', text })
  }

  #show(event: ScreenEvent): void {
    if (event.kind === 'notice' && event.undone) this.outcome.fail(event.text.replace(/^not said: /, ''))
    if (event.kind === 'said' && event.state === 'nobody') this.outcome.fail(`nobody named ${event.to} is here`)
    this.#parts.screen.show(event)
    this.#parts.transcript?.note(event, new Date())
  }

  get #ending(): EndingParts {
    const { patient = false } = this.#parts
    const own = { mail: this.#mail, speaker: this.#speaker, watch: this.#watch, outcome: this.outcome }
    return { ...this.#parts, ...own, patient, told: this.#told }
  }

  #onInvalid({ reason }: Extract<Effect, { kind: 'invalid' }>): void {
    const due = countInvalid(this.#invalid, reason, performance.now())
    if (due !== null) this.#parts.log.warn(due, 'ignored messages that are not chat')
  }

  async #sayGoodbye(): Promise<void> {
    if (this.#parts.network.peers.length === 0) return
    for (const effect of onLeave(this.#parts.session, this.#turn())) await this.#run(effect)
    await within(TICK_MS, this.#mail.idle)
  }

  #turn(): StepContext {
    // Steps of the clock do not change time here: only what is shown uses the clock.
    const now = performance.timeOrigin + performance.now()
    return { now, wall: Date.now(), random: Math.random, newId: () => randomBytes(16).toString('hex') }
  }
}
