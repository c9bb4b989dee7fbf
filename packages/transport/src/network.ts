// The public face of a node: `createNetwork` and what it returns. `Node` does all the work.
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { FloodnetError, formatAddress } from '@floodnet/core'
import type { Observable } from 'rxjs'
import type {
  Entry,
  JoinOptions,
  Message,
  Network,
  NetworkEvent,
  NetworkEvents,
  NetworkOptions,
  NetworkStats,
  PacketLink,
  PacketSink,
  Peer,
  Receipt,
  WriteOptions
} from './api.ts'
import { awayError, CurrentNode } from './current-node.ts'
import { parseEntry, sortEntries } from './finding/entries.ts'
import { makeTicket } from './finding/make-ticket.ts'
import { refuseOtherNetwork } from './finding/network-of.ts'
import { lockWhileRunning, type RunningLock } from './identity/running-lock.ts'
import { closedError, MessageQueue } from './inbound/message-queue.ts'
import type { Node } from './node.ts'
import { abortReason, onAbort } from './options/abort-signal.ts'
import { checkOptionShapes } from './options/option-shapes.ts'
import { resolveSettings, type Settings } from './options/settings.ts'
import { unlessAwaited } from './outbound/write-queue.ts'
import { LOOP_PERIOD_MS } from './stats.ts'
import { EventHub } from './telemetry/event-hub.ts'
import { EventLog } from './telemetry/event-log.ts'
import { KnownAuthors } from './threads/known-authors.ts'

/**
 * Starts a node: opens its port, begins to look for neighbours, and resolves when it listens.
 * @throws a FloodnetError whose `code` is ERR_FLOODNET_OPTION, _ADDRESS, _ADDRESS_IN_USE, _IDENTITY, _CERTIFICATE,
 *   _INSECURE or _START; its `subject` names what it is about. The signal's reason if aborted before then.
 */
export async function createNetwork(options: NetworkOptions = {}): Promise<Network> {
  checkOptionShapes(options)
  if (options.signal?.aborted) throw abortReason(options.signal)
  const settings = await resolveSettings(options)
  const network = new FloodNetwork(settings, options)
  await network.start()
  return network
}

type Listener = (details: unknown) => void

class FloodNetwork implements Network {
  readonly id: string
  readonly closed: Promise<void>
  readonly messages$: Observable<Message>
  readonly events$: Observable<NetworkEvent>
  readonly #current: CurrentNode
  readonly #hub = new EventHub()
  readonly #queue: MessageQueue
  readonly #known = new KnownAuthors()
  readonly #signal: AbortSignal | undefined
  readonly #loopDelay = monitorEventLoopDelay({ resolution: LOOP_PERIOD_MS })
  readonly #log: EventLog
  readonly #identityFile: string | null
  #unwatch = (): void => undefined
  #settle: { resolve: () => void; reject: (error: unknown) => void } = {
    resolve: () => undefined,
    reject: () => undefined
  }
  #ending: Promise<void> | null = null
  /** Held while the program runs with the key in a file. */
  #running: RunningLock | null = null

  constructor(settings: Settings, options: NetworkOptions) {
    const { signal, logger } = options
    this.id = settings.identity.id
    this.closed = new Promise((resolve, reject) => {
      this.#settle = { resolve, reject }
    })
    // Programs that ignore `closed` learn of a failure from the events `error` and `close`, not from an unhandled
    // rejection.
    this.closed.catch(() => undefined)
    this.#queue = new MessageQueue(settings.limits)
    const side = { hub: this.#hub, queue: this.#queue, startedMs: performance.now(), known: this.#known }
    this.#current = new CurrentNode(settings, options, side, (error) => this.#fail(error))
    this.#signal = signal
    this.#identityFile = options.identity ?? null
    this.messages$ = this.#queue.stream.messages$
    this.events$ = this.#hub.events$.asObservable()
    this.#log = new EventLog(this.#hub, logger)
    this.#loopDelay.enable()
  }

  async start(): Promise<void> {
    try {
      if (this.#identityFile !== null) this.#running = await lockWhileRunning(this.#identityFile)
      await this.#current.start()
    } catch (error) {
      await this.#end('failed to start')
      throw error
    }
    if (this.#signal !== undefined) this.#unwatch = onAbort(this.#signal, () => void this.close())
    // One turn later, so that the caller can add its listeners first.
    setImmediate(() => this.#begin(this.#current.node))
    if (this.#signal?.aborted) {
      await this.close()
      throw abortReason(this.#signal)
    }
  }

  get address(): string | null {
    const { node, isAway } = this.#current
    return isAway || node.bound === null ? null : formatAddress(node.bound.endpoint)
  }

  get peers(): readonly Peer[] {
    const { node, isAway } = this.#current
    return isAway ? [] : node.peers.list(performance.now())
  }

  get entries(): readonly Entry[] {
    const { node, isAway } = this.#current
    return isAway ? [] : node.entries.list
  }

  write(message: Uint8Array | string, options?: WriteOptions): Promise<Receipt> {
    const { node, isAway } = this.#current
    return isAway ? this.#refuseWrite() : node.outbox.write(message, options)
  }

  read({ signal }: { signal?: AbortSignal } = {}): Promise<Message> {
    return this.#queue.read(signal)
  }

  connect(address: string): void {
    const node = this.#present()
    const entry = parseEntry('connect', address)
    if (entry.kind === 'ticket') refuseOtherNetwork('connect', entry.ticket, node.settings)
    // Not before the node has begun to look for neighbours, one turn after `createNetwork` or `join`.
    setImmediate(() => node.connect(sortEntries([entry])))
  }

  know(ids: Iterable<string>): void {
    const { node, isAway } = this.#current
    this.#known.replace(ids, node.settings.limits)
    if (!isAway && this.#ending === null) this.#known.tell(node.pool, node.pool.alive)
  }

  openPacketLink(sink: PacketSink): PacketLink {
    return this.#present().packetLinks.open(sink)
  }

  ticket({ key = false }: { key?: boolean } = {}): string {
    const { settings, bound, ownAddress } = this.#present()
    const { name, networkId, secret } = settings
    const whereabouts = { id: this.id, bound: bound?.endpoint ?? null, seen: ownAddress.dialable, peers: this.peers }
    return makeTicket(whereabouts, { name, networkId, key: key ? secret : null })
  }

  on<K extends keyof NetworkEvents>(name: K, listener: (details: NetworkEvents[K]) => void): this {
    this.#hub.on(name, listener as Listener)
    return this
  }

  once<K extends keyof NetworkEvents>(name: K, listener: (details: NetworkEvents[K]) => void): this {
    this.#hub.once(name, listener as Listener)
    return this
  }

  off<K extends keyof NetworkEvents>(name: K, listener: (details: NetworkEvents[K]) => void): this {
    this.#hub.off(name, listener as Listener)
    return this
  }

  sign(context: string, message: Uint8Array): Uint8Array {
    return this.#current.signatures.sign(context, message)
  }

  verify(id: string, context: string, message: Uint8Array, signature: Uint8Array): boolean {
    return this.#current.signatures.verify(id, context, message, signature)
  }

  stats(): Promise<NetworkStats> {
    return this.#current.stats(this.#loopDelay)
  }

  flush(): Promise<void> {
    const flushed = this.#refusal === null ? this.#current.node.flush() : Promise.reject(this.#refusal)
    // Like a write, a flush that nobody awaits does not end the process if the network closes first.
    flushed.catch(() => undefined)
    return flushed
  }

  leave(): Promise<void> {
    return this.#ending === null ? this.#current.leave() : Promise.reject(closedError())
  }

  async join(entries?: NetworkOptions['join'], options: JoinOptions = {}): Promise<void> {
    if (this.#ending !== null) throw closedError()
    await this.#current.join(entries, options)
    const { node } = this.#current
    setImmediate(() => this.#begin(node))
  }

  close(): Promise<void> {
    this.#ending ??= this.#end('closed').then(this.#settle.resolve, this.#settle.reject)
    return this.#ending
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  [Symbol.asyncIterator](): AsyncIterator<Message> {
    const queue = this.#queue
    return {
      // Not an async function: at full speed, its extra promise costs a third of reading a message.
      next: () => {
        const message = queue.take()
        if (message !== null) return Promise.resolve({ done: false, value: message })
        if (queue.closed) return Promise.resolve({ done: true, value: undefined })
        return queue.read().then(
          (value) => ({ done: false, value }),
          (error) => {
            if (!queue.closed) throw error
            return { done: true, value: undefined }
          }
        )
      }
    }
  }

  /** Why there is no network to act on; null if there is one. */
  get #refusal(): FloodnetError | null {
    if (this.#ending !== null) return closedError()
    return this.#current.isAway ? awayError() : null
  }

  /** @throws ERR_FLOODNET_CLOSED, ERR_FLOODNET_AWAY */
  #present(): Node {
    if (this.#refusal !== null) throw this.#refusal
    return this.#current.node
  }

  /** Counted, so that the loss of a write that nobody awaits is reported. */
  #refuseWrite(): Promise<Receipt> {
    this.#current.node.losses.add('left', null, 1)
    return unlessAwaited(Promise.reject(this.#refusal ?? closedError()))
  }

  #begin(node: Node): void {
    if (node.hasLeft || node !== this.#current.node) return
    const { address } = this
    if (address !== null) this.#hub.emit('listening', { address, id: this.id })
    const subject = this.#identityFile
    for (const notice of [node.settings.notice, this.#running?.notice])
      if (notice) this.#hub.emit('error', new FloodnetError('ERR_FLOODNET_IDENTITY', notice, { subject }))
    node.join()
  }

  #fail(error: unknown): void {
    if (this.#ending !== null) return
    const cause = error instanceof Error ? error : new Error(String(error))
    this.#hub.emit('error', Object.assign(cause, { code: codeOf(cause) }))
    this.#ending = this.#end(`failed: ${cause.message}`, cause).then(() => this.#settle.reject(cause))
  }

  async #end(reason: string, failure: Error | null = null): Promise<void> {
    this.#unwatch()
    this.#loopDelay.disable()
    await this.#current.end(failure)
    this.#running?.release()
    this.#queue.close(failure)
    this.#hub.emit('close', { reason })
    this.#hub.end()
    this.#log.end()
  }
}

function codeOf(error: Error): string {
  return (error as NodeJS.ErrnoException).code ?? 'ERR_FLOODNET_FAILED'
}
