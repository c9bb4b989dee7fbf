// A running node without its public face: workers, join actor, inbox and outbox, and the streams between them.
import { FloodnetError, joinDegree, rememberedPeers } from '@floodnet/core'
import { partition, Subject, share, tap } from 'rxjs'
import type { Entries } from './finding/entries.ts'
import { Finding } from './finding/finding.ts'
import { FrameCrypto, stretchedKey } from './identity/frame-crypto.ts'
import { IncarnationKeeper } from './identity/incarnation-keeper.ts'
import { Inbox } from './inbound/inbox.ts'
import { isForInbox } from './inbound/inbox-frames.ts'
import { closedError, type MessageQueue } from './inbound/message-queue.ts'
import { ClockWatch } from './membership/clock-watch.ts'
import { EntryOutcomes } from './membership/entry-outcomes.ts'
import { JoinActor } from './membership/join-actor.ts'
import { JoinEffects } from './membership/join-effects.ts'
import { joinInputOf } from './membership/join-inputs.ts'
import { type Bound, listen, listenAgain } from './membership/listening.ts'
import { OwnAddress } from './membership/own-address.ts'
import { PeerTable } from './membership/peer-table.ts'
import { joinOptionsOf, type Settings } from './options/settings.ts'
import { Flushes } from './outbound/flushes.ts'
import { Outbox } from './outbound/outbox.ts'
import { OutboxPort } from './outbound/outbox-port.ts'
import { PacketLinks } from './packet-link/packet-links.ts'
import type { ProgramSide } from './program-side.ts'
import { DirectMessages } from './sealed/direct-messages.ts'
import type { EventHub } from './telemetry/event-hub.ts'
import { RefusalSums, refusalOf } from './telemetry/refusals.ts'
import { type Loss, LossTally } from './threads/counters.ts'
import { guardedBy } from './threads/guarded.ts'
import type { KnownAuthors } from './threads/known-authors.ts'
import type { FromWorker, LinkOpen, WorkerStats } from './threads/messages.ts'
import { settledWithin } from './threads/settled-within.ts'
import { SharedMemory } from './threads/shared-memory.ts'
import { WorkerPool, type WorkerPoolHost } from './threads/worker-pool.ts'
import { WorkerTotals } from './threads/worker-totals.ts'

/** How long `close` waits for written messages to leave. A guess: a lagging link would keep it forever. */
const CLOSE_FLUSH_MS = 5_000
/** How often losses are reported and large messages given up. */
const HOUSEKEEPING_MS = 1_000
/**
 * After this many of these periods we ask for the workers' totals: a crash loses what a worker has counted since. A
 * guess.
 */
const TOTALS_EVERY = 5

interface Reported {
  readonly worker: number
  readonly message: FromWorker
}

export class Node implements WorkerPoolHost {
  readonly settings: Settings
  readonly hub: EventHub
  readonly peers = new PeerTable()
  readonly losses = new LossTally()
  readonly queue: MessageQueue
  readonly inbox: Inbox
  readonly outbox: Outbox
  readonly actor: JoinActor
  readonly finding: Finding
  /** The addresses that the program named. */
  readonly entries: EntryOutcomes
  readonly packetLinks: PacketLinks
  readonly pool: WorkerPool
  readonly workerTotals: WorkerTotals
  /** Start of the program's network object, on the monotonic clock. */
  readonly startedMs: number
  bound: Bound | null = null
  readonly #known: KnownAuthors
  readonly #reports$ = new Subject<Reported>()
  readonly #effects: JoinEffects
  readonly #port: OutboxPort
  readonly #refusals = new RefusalSums((refusal) => this.hub.emit('refused', refusal))
  readonly #clock = new ClockWatch((error) => this.onError(error))
  readonly #onFatal: (error: unknown) => void
  readonly #flushes: Flushes
  readonly #incarnations: IncarnationKeeper
  ownAddress: OwnAddress
  #degree = 0
  #housekeeping: NodeJS.Timeout | null = null
  #periods = 0
  #closing = false

  /** `onFatal`: something failed that the node cannot survive, so close it. */
  constructor(settings: Settings, { hub, queue, startedMs, known }: ProgramSide, onFatal: (error: unknown) => void) {
    this.#known = known
    this.settings = settings
    this.hub = hub
    this.queue = queue
    this.startedMs = startedMs
    this.#onFatal = onFatal
    const { limits, identity, certificate, authority, networkId } = settings
    const secret = settings.secret === null ? null : stretchedKey(settings.secret, networkId)
    this.ownAddress = new OwnAddress(null, settings.advertise)
    const shared = new SharedMemory()
    this.pool = new WorkerPool(
      limits.workers,
      {
        ...{ identity, certificate, authority, networkId, secret, limits },
        ...{ program: shared.buffers, deliver: limits.inboxLimit > 0 }
      },
      this
    )
    this.workerTotals = new WorkerTotals(this.pool)
    this.#flushes = new Flushes(this.pool)
    this.#incarnations = new IncarnationKeeper(identity, settings.identityFile, (error) => this.onError(error))
    const direct = new DirectMessages(settings)
    this.inbox = new Inbox(limits, shared, queue, {
      direct,
      returnSlab: (buffer) => this.pool.post(0, { kind: 'slab', buffer }, [buffer]),
      isOwn: (origin) => this.outbox.isOwn(origin),
      onDropped: (reason, count) => this.losses.add(reason, null, count),
      onGap: (gap) => this.hub.emit('gap', gap)
    })
    const crypto = certificate === null ? null : new FrameCrypto(networkId, identity.privateKeyPem)
    this.#port = new OutboxPort(settings, shared, {
      pool: this.pool,
      peers: this.peers,
      losses: this.losses,
      onPosted: () => this.#incarnations.note(this.outbox.incarnation),
      onFatal
    })
    this.outbox = new Outbox(identity, crypto, limits, this.#port, direct)
    this.packetLinks = this.#newPacketLinks()
    this.actor = new JoinActor(joinOptionsOf(settings), onFatal)
    this.finding = new Finding(settings, {
      ...{ actor: this.actor, hub: this.hub, pool: this.pool, peers: this.peers },
      onReachable: (address) => this.#onReachable(address)
    })
    this.entries = new EntryOutcomes({
      list: () => this.peers.list(performance.now()),
      tell: (entry) => this.hub.emit('entry', entry)
    })
    this.entries.name(settings.join)
    const { pool, peers, actor, entries } = this
    const parts = { pool, peers, actor, hub, entries, names: this.finding.names }
    this.#effects = new JoinEffects(parts, certificate === null && !settings.allowInsecure)
    this.#wire()
  }

  /** Resolves when the node listens; a node that does not listen is ready then too. */
  async start(): Promise<void> {
    await this.pool.start()
    const { listen: setting, advertise } = this.settings
    if (setting !== null) this.bound = await listen(this.pool, setting)
    this.ownAddress = new OwnAddress(this.bound?.endpoint ?? null, advertise)
    await Promise.all(this.pool.alive.map((worker) => this.#advertise(worker)))
    this.losses.add('left', null, this.queue.attach(this.inbox))
    this.#housekeeping = setInterval(() => this.#keepHouse(), HOUSEKEEPING_MS)
    this.actor.send({ kind: 'listening', address: this.ownAddress.dialable })
  }

  /** Begins to look for neighbours. */
  join(): void {
    this.actor.send({ kind: 'start' })
    this.finding.start(this.bound?.endpoint ?? null)
  }

  /** The program names more entries. */
  connect(entries: Entries): void {
    this.entries.name(entries)
    this.finding.connect(entries)
  }

  /** Whether it is stopping or has stopped. */
  get hasLeft(): boolean {
    return this.#closing
  }

  /** Reports what was lost since the last call. */
  tellLosses(): void {
    this.losses.report((loss) => this.#tellLoss(loss))
  }

  /** Resolves when everything written so far has been handed to the operating system for every link that keeps up. */
  async flush(): Promise<void> {
    await this.outbox.whenPosted()
    await this.#port.whenWorked()
    await this.#flushes.flushAll()
    const lost = this.outbox.takeLost()
    if (lost > 0)
      throw new FloodnetError('ERR_FLOODNET_WORKER', `${lost} messages were lost with an I/O worker that crashed`)
  }

  /**
   * Leaves: tells the neighbours, and releases threads and timers. `failure`: the error for writers, in place of a
   * close.
   */
  async stop(failure: Error | null = null): Promise<void> {
    this.#closing = true
    const found = this.finding.close()
    if (this.peers.active > 0) await settledWithin(CLOSE_FLUSH_MS, this.flush())
    this.outbox.close(failure ?? closedError())
    await Promise.all([this.settings.memory?.save(rememberedPeers(this.actor.state)), this.#incarnations.settled])
    this.actor.send({ kind: 'leave' })
    this.actor.end()
    if (this.#housekeeping !== null) clearInterval(this.#housekeeping)
    this.packetLinks.end(failure ?? closedError())
    await Promise.all([this.pool.stop(), this.#port.end(), found])
    this.#flushes.end(failure ?? closedError())
    this.#keepHouse()
    this.#reports$.complete()
    this.inbox.end()
    this.peers.clear()
  }

  onMessage(worker: number, message: FromWorker): void {
    this.#reports$.next({ worker, message })
  }

  async onReady(worker: number, first: boolean): Promise<void> {
    this.#known.tell(this.pool, [worker])
    if (first || this.#closing) return
    this.pool.post(worker, { kind: 'degree', degree: this.#degree })
    await this.#advertise(worker)
    const isWanted = (): boolean => !this.#closing
    if (this.bound !== null) listenAgain(this.pool, worker, this.bound, isWanted, (error) => this.onError(error))
    if (worker !== 0) return
    this.packetLinks.onWorkerReady()
    this.outbox.onLinkUp()
  }

  onCrash(worker: number, error: Error, delayMs: number): void {
    const links = this.peers.linksOf(worker)
    this.workerTotals.onCrash(worker, links.length)
    for (const link of links) this.#onLinkDown(link, 'worker-crash')
    for (const dial of this.#effects.dialsOf(worker)) {
      this.#effects.dialEnded(dial)
      this.actor.send({ kind: 'dial-failed', dial, reason: 'worker-crash' })
    }
    this.#flushes.onCrash(worker)
    if (worker === 0) for (const part of [this.inbox, this.#port, this.outbox, this.packetLinks]) part.onWorkerCrash()
    this.hub.emit('worker-restart', { worker, delayMs, error })
  }

  onStopped(worker: number, stats: WorkerStats | null): void {
    this.workerTotals.onStopped(worker, stats)
  }

  onError(error: Error): void {
    const code = (error as NodeJS.ErrnoException).code ?? 'ERR_FLOODNET_FAILED'
    if (!this.#closing) this.hub.emit('error', Object.assign(error, { code }))
  }

  /**
   * Streams. Frames for the program go straight to the inbox. Every other report passes three steps in this order: the
   * books, the one actor that decides who is a neighbour, and what can be forgotten once it has decided.
   */
  #wire(): void {
    const guard = guardedBy(this.#onFatal)
    const [frames$, reports$] = partition(this.#reports$.pipe(share()), ({ message }) => isForInbox(message))
    frames$.subscribe(guard(({ message }) => isForInbox(message) && this.inbox.onFrames(message)))
    reports$
      .pipe(
        tap(guard((report) => this.#keepBooks(report))),
        tap(guard((report) => this.#arbitrate(report))),
        tap(guard((report) => this.#forget(report)))
      )
      .subscribe()
    this.actor.effects$.subscribe(guard((effect) => this.#effects.perform(effect)))
  }

  #newPacketLinks(): PacketLinks {
    const { pool } = this
    return new PacketLinks({
      maxFrameBytes: this.settings.limits.maxFrameBytes,
      get hasWorker() {
        return pool.isAlive(0)
      },
      post: (message, transfer) => pool.post(0, message, transfer)
    })
  }

  #arbitrate({ message }: Reported): void {
    const input = joinInputOf(message)
    if (input !== null) this.actor.send(input)
  }

  /** The actor has reported which neighbour is gone, so the link can be forgotten now. */
  #forget({ message }: Reported): void {
    if (message.kind === 'link-down') this.#forgetLink(message.link)
  }

  /** What must be recorded before the actor hears of it. */
  #keepBooks({ worker, message }: Reported): void {
    switch (message.kind) {
      case 'slab':
        return this.outbox.onReturn(message.buffer)
      case 'link-open':
        return this.#onLinkOpen(worker, message)
      case 'link-active':
        return this.#onLinkActive(message.link)
      case 'dial-failed':
        return this.#effects.dialEnded(message.dial)
      case 'probe':
        this.#clock.heard(message.link, message.clockS, Date.now())
        if (message.rttMs !== null) this.peers.measured(message.link, message.rttMs)
        return
      case 'dial-back':
        return this.finding.dialBack.onQuestion(message)
      case 'dial-back-reply':
        return this.finding.dialBack.onReply(message)
      case 'refused':
        return this.#refusals.add(refusalOf(message))
      case 'lagging':
        return this.#onLagging(message.link, message.lagging, message.dropped)
      case 'dropped':
        return this.#tellLoss(message)
      case 'suppressed':
        this.inbox.forgive(message.origin)
        return this.hub.emit('suppressed', { origin: message.origin, count: message.count })
      case 'gone':
        // With several workers, another one may still get them.
        if (this.settings.limits.workers === 1) this.inbox.onGone(message)
        return
      case 'stem-ended': {
        const { origin, incarnation, seq, reason } = message
        return this.hub.emit('stem-ended', { origin, incarnation, seq, reason })
      }
      case 'flushed':
        return this.#flushes.onFlushed(message.token)
    }
  }

  #onLinkOpen(worker: number, open: LinkOpen): void {
    this.peers.opened(worker, open)
    if (open.dial === null) return
    this.#effects.dialEnded(open.dial)
    this.#hearOwnAddress(open)
  }

  #onLinkActive(link: number): void {
    if (!this.peers.activated(link, performance.now())) return
    const open = this.peers.openOf(link)
    if (open !== null) this.#hearOwnAddress(open)
    this.#effects.onLinkActive(link)
    this.#tellDegree()
    this.outbox.onLinkUp()
  }

  #hearOwnAddress(open: LinkOpen): void {
    const before = this.ownAddress.dialable
    this.ownAddress.onWord(open)
    const address = this.ownAddress.dialable
    if (address !== before) this.actor.send({ kind: 'listening', address })
  }

  /** A neighbour has dialled us at the port that a router maps, or that no longer holds. */
  #onReachable(mapped: string | null): void {
    this.ownAddress.mapped = mapped
    for (const worker of this.pool.alive) this.#advertise(worker).catch(() => undefined)
    if (!this.#closing)
      this.actor.send({ kind: 'listening', address: this.ownAddress.dialable, checked: mapped !== null })
  }

  #onLinkDown(link: number, reason: string): void {
    this.actor.send({ kind: 'link-down', link, reason })
    this.#forgetLink(link)
  }

  #forgetLink(link: number): void {
    this.peers.closed(link)
    this.#clock.forget(link)
    this.ownAddress.onLinkDown(link)
    this.#tellDegree()
  }

  #onLagging(link: number | null, lagging: boolean, dropped: number): void {
    if (link !== null) this.peers.lagging(link, lagging)
    this.hub.emit('lagging', { peer: link === null ? null : this.peers.peerOf(link), lagging, dropped })
  }

  #tellDegree(): void {
    const degree = joinDegree(this.actor.state)
    if (degree === this.#degree) return
    this.#degree = degree
    for (const worker of this.pool.alive) this.pool.post(worker, { kind: 'degree', degree })
  }

  #tellLoss({ reason, link, count }: Loss): void {
    this.hub.emit('dropped', { reason, count, peer: link === null ? null : this.peers.peerOf(link) })
  }

  #keepHouse(): void {
    this.inbox.expire()
    if (++this.#periods % TOTALS_EVERY === 0) void this.workerTotals.ask()
    this.settings.memory?.keep(() => rememberedPeers(this.actor.state), performance.now())
    this.#refusals.report()
    this.tellLosses()
  }

  #advertise(worker: number): Promise<void> {
    return this.pool.call(worker, (control) => control.advertise(this.ownAddress.advertised))
  }
}
