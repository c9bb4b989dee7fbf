// A gop2p network as a side of the bridge.

import { TokenBucket } from '@floodnet/core'
import { mergeMap, type Observable, Subject, share } from 'rxjs'
import type { BridgedMessage, ForeignMessage, Loss, Refusal, Side } from '../../side.ts'
import type { Inbound } from '../api.ts'
import { Gop2pError, type Gop2pErrorReason } from '../errors.ts'
import type { Gop2pLimits } from '../limits.ts'
import { Gop2pNode } from '../node.ts'
import type { Delivery } from '../sending/delivery.ts'
import { formatPeer, type Peer, parsePeer } from '../wire/peer.ts'
import { addressTowards } from './own-address.ts'
import { stay } from './reconnect.ts'
import { markOf, memberNamed, readText, writeText } from './text-format.ts'

/** How the side is called, and how it joins. */
export interface Gop2pSideOptions {
  /** Marks names that come from there. Default 'gop2p'. */
  readonly name?: string
  /** The mark that floodnet's names carry there. */
  readonly hub: string
  /** Tells other bridges that this member is one: the id of the bridge's node. */
  readonly id: string
  /** 'host:port' of members to join through; we try each forever. */
  readonly entries: readonly string[]
  /**
   * Our own name there, 'host:port'. Default: this machine's address towards the first entry, and port 55655 or the
   * next free one.
   */
  readonly self?: string
  readonly limits?: Partial<Gop2pLimits>
  /** Pauses between attempts to join, in ms. Defaults 1000 and 15,000. */
  readonly retryMinMs?: number
  readonly retryMaxMs?: number
}

/**
 * Answers to direct messages that name nobody: at once, and then a second. A program may answer each of them, forever
 * (a guess).
 */
const ANSWERS_BURST = 3
const ANSWERS_PER_SECOND = 0.1
/** A hundred above the tutorial's: both count up if a port is taken. */
const GOP2P_PORT = 55_655
/** As for the tutorial's port. */
const PORT_TRIES = 100
const RETRY_MIN_MS = 1_000
const RETRY_MAX_MS = 15_000

/**
 * Listens, and joins the entries in the background.
 * @throws Gop2pError 'bad-address' for an invalid address, 'listen' if ours cannot be bound.
 */
export async function createGop2pSide(options: Gop2pSideOptions): Promise<Gop2pSide> {
  const entries = options.entries.map(parseEntry)
  const node = options.self === undefined ? await startAtDefaultPort(entries, options) : newNode(options.self, options)
  const side = new Gop2pSide(node, entries, options)
  const failure = options.self === undefined ? null : await node.start()
  if (failure !== null) throw failure
  side.start()
  return side
}

function newNode(self: string, { id, limits }: Gop2pSideOptions): Gop2pNode {
  return new Gop2pNode({ self, label: id, ...(limits && { limits }) })
}

/**
 * The same port after a restart: a member that disappears without a word stays in the others' lists, and their messages
 * stop at it.
 */
async function startAtDefaultPort(entries: readonly Peer[], options: Gop2pSideOptions): Promise<Gop2pNode> {
  const host = await ownHost(entries)
  for (let port = GOP2P_PORT; ; port++) {
    const node = newNode(`${host}:${port}`, options)
    const failure = await node.start()
    if (failure === null) return node
    const { code } = (failure.cause ?? {}) as NodeJS.ErrnoException
    if (code !== 'EADDRINUSE' || port === GOP2P_PORT + PORT_TRIES - 1) throw failure
  }
}

/** Made by `createGop2pSide`; a `Bridge` owns it once it is added. */
export class Gop2pSide implements Side {
  readonly name: string
  /** gop2p's messages have no ids. */
  readonly hasIds = false
  readonly foreign$: Observable<ForeignMessage>
  readonly notices$: Observable<string>
  readonly losses$: Observable<Loss>
  readonly #notices = new Subject<string>()
  readonly #losses = new Subject<Loss>()
  readonly #node: Gop2pNode
  readonly #entries: readonly Peer[]
  readonly #options: Gop2pSideOptions
  readonly #ended = new AbortController()
  readonly #answers = new TokenBucket(ANSWERS_BURST, ANSWERS_PER_SECOND)
  #staying: Promise<void> = Promise.resolve()

  constructor(node: Gop2pNode, entries: readonly Peer[], options: Gop2pSideOptions) {
    this.name = options.name ?? 'gop2p'
    this.#node = node
    this.#entries = entries
    this.#options = options
    this.notices$ = this.#notices.asObservable()
    this.losses$ = this.#losses.asObservable()
    this.foreign$ = node.inbox.pipe(
      mergeMap((message) => this.#read(message)),
      share()
    )
    node.changes$.subscribe(({ kind, peer }) => this.#notices.next(`${formatPeer(peer)} ${CHANGES[kind]}`))
    node.errors.subscribe((error) => this.#onError(error))
  }

  /** Where members reach this side. */
  get self(): string {
    return formatPeer(this.#node.self)
  }

  get peer(): Peer {
    return this.#node.self
  }

  get members(): readonly Peer[] {
    return this.#node.members
  }

  start(): void {
    const { retryMinMs = RETRY_MIN_MS, retryMaxMs = RETRY_MAX_MS } = this.#options
    this.#staying = stay(this.#node, {
      entries: this.#entries,
      retryMinMs,
      retryMaxMs,
      signal: this.#ended.signal,
      onJoined: ({ entry, members }) => this.#notices.next(`joined at ${formatPeer(entry)}: ${members.length} members`),
      onFailed: ({ message, reason }) => this.#notices.next(`${message}${HINTS[reason] ?? ''}; tried again`)
    })
  }

  async say(word: BridgedMessage): Promise<Refusal | null> {
    const message = { data: writeText(word), mark: markOf(word) }
    if (word.to === '') return this.#outcomeOf(await this.#node.outbox.send(message), 'no member has taken it')
    const member = memberNamed(word.to, this.#node.members)
    if (member === null) return { refused: `no member of ${this.name} is called ${word.to}` }
    return this.#outcomeOf(await this.#node.outbox.send({ ...message, to: [member] }), `${word.to} does not answer`)
  }

  async close(): Promise<void> {
    this.#ended.abort()
    await this.#node.stop()
    await this.#staying
    this.#notices.complete()
    this.#losses.complete()
  }

  #read(message: Inbound): ForeignMessage[] {
    const reading = readText(message, this.#options.hub)
    if (reading.kind === 'heard') return [reading.foreign]
    if (reading.kind === 'unaddressed') this.#answer(message.from, reading.answer)
    return []
  }

  /** Counts the members that were not reached, if at least one was. */
  #outcomeOf(outcome: Delivery | Gop2pError, refused: string): Refusal | null {
    if (outcome instanceof Gop2pError) return { refused: outcome.message, onlyHere: outcome.reason === 'not-connected' }
    if (outcome.reached.length === 0) return { refused }
    for (const { reason, peer } of outcome.failed) this.#lose(`a member was not reached: ${reason}`, peer)
    return null
  }

  #lose(reason: string, peer: Peer | null): void {
    this.#losses.next(peer === null ? { reason } : { reason, whom: formatPeer(peer) })
  }

  // The outcome of single messages is counted; a lost member is reported as a change.
  #onError({ reason, message, peer }: Gop2pError): void {
    if (reason === 'skipped') this.#notices.next(message)
    if (reason === 'inbox-full') this.#lose('nobody reads the inbox', peer)
    if (reason !== 'oversized') return
    this.#lose('a message too large to be taken', peer)
    if (peer !== null) this.#answer(peer, `not passed on: ${message}`)
  }

  /** Only a few: the recipient may be a program that answers. */
  #answer(to: Peer, data: string): void {
    if (this.#answers.take(performance.now())) void this.#node.outbox.send({ data, to: [to] })
  }
}

/** What may be at an entry instead. */
const HINTS: Partial<Record<Gop2pErrorReason, string>> = {
  garbage: ': it does not speak as gop2p (nodes of the tutorial are joined by --gob, those of floodnet by --join)'
}
const CHANGES = { joined: 'is a member', left: 'has left', dead: 'is taken for dead' }

function parseEntry(text: string): Peer {
  const peer = parsePeer(text)
  if (peer === null) throw new Gop2pError('parse', 'bad-address', `${text} is not an address`)
  return peer
}

async function ownHost([entry]: readonly Peer[]): Promise<string> {
  const address = entry === undefined ? '127.0.0.1' : await addressTowards(entry)
  if (address !== null) return address.includes(':') ? `[${address}]` : address
  throw new Gop2pError('connection', 'bad-address', 'this machine has no address towards the entry: name one')
}
