// A gop2p node in gop2p's words: self, members, inbox, outbox, errors; start, connect, disconnect, stop. Here the pure
// rules meet server and client; peers' faults are values, on `errors` and as results.
import { type Observable, Subject } from 'rxjs'
import type { Change, Gop2pOptions, Inbound, Outbound, Outbox } from './api.ts'
import { Gop2pError, noSuchMember, notConnected, notRunning, oversized, rejected, tooLarge } from './errors.ts'
import { Feed } from './feed.ts'
import { Client, type Reply } from './http/client.ts'
import { Gop2pServer, type RefusedBody } from './http/server.ts'
import { type Joined, join } from './joining.ts'
import { GOP2P_LIMITS, type Gop2pLimits } from './limits.ts'
import { LookingAfter } from './looking-after.ts'
import { type Answer, onRequest, type Request, type RequestEvent, senderAtEnd } from './membership/answers.ts'
import { clear, createMembership, listPeers, type Member, type Membership } from './membership/members.ts'
import { broadcast, direct, disconnectAs, disconnectFrom } from './membership/requests.ts'
import { type Delivery, Sender } from './sending/delivery.ts'
import { type GreeterHost, greet } from './sending/greeter.ts'
import { MessageType, type WireMessage } from './wire/message.ts'
import { formatPeer, hostOf, type Peer, parsePeer, peerKey } from './wire/peer.ts'

/** Errors kept for a program that does not read them. A guess. */
const ERRORS_LIMIT = 256

/**
 * A full member of a gop2p network. Mistakes of other members never throw: they appear on `errors`, and in what a call
 * resolves with.
 */
export class Gop2pNode {
  /** Messages of members. */
  readonly inbox: Feed<Inbound>
  /** Everything that went wrong, including failed calls. */
  readonly errors = new Feed<Gop2pError>(ERRORS_LIMIT)
  /** To members: all, or some. */
  readonly outbox: Outbox = { send: (message) => this.#send(message) }
  /** Members that come, leave, or are taken for dead. Completes at the end. */
  readonly changes$: Observable<Change>
  readonly #changes = new Subject<Change>()
  readonly #limits: Gop2pLimits
  readonly #listen: Peer
  readonly #client: Client
  readonly #server: Gop2pServer
  readonly #care: LookingAfter
  #state: Membership
  #sender: Sender
  #boundPort: number | null = null
  #life: 'new' | 'started' | 'stopping' | 'stopped' = 'new'

  /** @throws Gop2pError 'bad-address' if `self` is not an address. */
  constructor({ self, listen, limits, label = null }: Gop2pOptions) {
    const me = parseOwn(self)
    this.#limits = { ...GOP2P_LIMITS, ...limits }
    this.#listen = listen === undefined ? me : parseOwn(listen)
    this.#state = createMembership(me, this.#limits)
    this.#client = new Client({ limits: this.#limits, label })
    this.#care = new LookingAfter(this.#limits)
    this.#sender = this.#newCourier()
    this.inbox = new Feed(this.#limits.inboxLimit, () => this.#onInboxFull())
    this.changes$ = this.#changes.asObservable()
    this.#server = new Gop2pServer({
      limits: this.#limits,
      label,
      answer: (request, mark) => this.#answer(request, mark),
      onRefused: (body) => this.#onRefusedBody(body),
      onKnock: (word) => this.#care.selfCheck.onKnock(word)
    })
  }

  /** Our own name; its port is 0 until `start` if the system chooses it. */
  get self(): Peer {
    return this.#state.self
  }

  /** The port that we listen on, if `listen` let the system choose; null before `start`. */
  get boundPort(): number | null {
    return this.#boundPort
  }

  /** Everyone but ourselves, in order of arrival. */
  get members(): readonly Peer[] {
    return listPeers(this.#state)
  }

  /** Whether there are any members. */
  get connected(): boolean {
    return this.#state.members.size > 0
  }

  /**
   * Listens. From then on others may join through us. An error: 'listen' if the address cannot be bound; 'stopped' the
   * second time.
   */
  async start(): Promise<Gop2pError | null> {
    if (this.#life !== 'new') return this.#report(new Gop2pError('internal', 'stopped', 'a node starts once'))
    this.#life = 'started'
    try {
      const port = await this.#server.listen(hostOf(this.#listen), this.#listen.port)
      this.#boundPort = port
      if (this.self.port === 0) this.#state = createMembership({ ...this.self, port }, this.#limits)
      this.#sender = this.#newCourier()
    } catch (cause) {
      this.#life = 'stopped'
      return this.#report(
        new Gop2pError('internal', 'listen', `cannot listen on ${formatPeer(this.#listen)}`, { cause })
      )
    }
    this.#care.start(this.#state, this.#sender)
    return null
  }

  /**
   * Joins the network of `entry`. Resolves within `connectTimeoutMs`. An error: the entry did not accept us, and
   * nothing has changed.
   */
  async connect(entry: Peer | string): Promise<Joined | Gop2pError> {
    const peer = typeof entry === 'string' ? parsePeer(entry) : entry
    if (peer === null) return this.#report(new Gop2pError('parse', 'bad-address', `${entry} is not an address`))
    if (this.#life !== 'started') return this.#report(notRunning())
    const greeting = (one: Peer, until: number): Promise<Reply> => greet(this.#sending(), one, until)
    const onJoined = (one: Peer): void => this.#change('joined', one)
    const result = await join({ state: this.#state, greet: greeting, onJoined }, peer)
    if (result instanceof Gop2pError) return this.#report(result)
    this.#care.soon()
    for (const error of result.failed) this.#report(error)
    return result
  }

  /** Tells every member that we leave, and forgets them. Resolves within two `requestTimeoutMs`. */
  async disconnect(): Promise<Gop2pError | null> {
    if (!this.connected) return this.#report(notConnected())
    const withinMs = this.#limits.requestTimeoutMs * 2
    const { failed } = await this.#sender.post({ ...disconnectFrom(this.#state), withinMs })
    for (const error of failed) this.#report(error)
    clear(this.#state)
    return null
  }

  /** Disconnects, closes the server and every connection, ends inbox and errors. */
  async stop(): Promise<void> {
    if (this.#life === 'stopping' || this.#life === 'stopped') return
    const wasStarted = this.#life === 'started'
    this.#life = 'stopping'
    this.#care.stop()
    if (this.connected) await this.disconnect()
    this.#sender.stop()
    this.#client.close()
    if (wasStarted) await this.#server.close()
    this.#life = 'stopped'
    this.inbox.end()
    this.errors.end()
    this.#changes.complete()
  }

  async #send({ data, to, mark }: Outbound): Promise<Delivery | Gop2pError> {
    if (this.#life !== 'started') return this.#report(notRunning())
    if (!this.connected) return this.#report(notConnected())
    const bytes = typeof data === 'string' ? new TextEncoder().encode(data) : data
    const mailing = to === undefined ? broadcast(this.#state, bytes) : direct(this.#state, bytes, to)
    if (mailing.peers.length === 0) return this.#report(noSuchMember(to ?? []))
    if (mailing.body.length > this.#limits.maxBodyBytes) return this.#report(tooLarge(mailing.body.length))
    const posting = { ...mailing, mark: mark ?? null, withinMs: this.#limits.sendTimeoutMs }
    const delivery = await this.#sender.post(posting)
    for (const error of delivery.failed) this.#report(error)
    return delivery
  }

  #answer(request: Request, mark: string | null): Answer {
    const { answer, event } = onRequest(this.#state, request, { now: performance.now(), own: this.#care.own })
    if (event !== null) this.#onEvent(event, mark)
    return answer
  }

  #onRefusedBody(body: RefusedBody): void {
    const peer = senderAtEnd(this.#state, body, this.#care.own)
    const { maxBodyBytes } = this.#limits
    this.#report(body.status === 413 ? oversized(body.length, peer, maxBodyBytes) : rejected('too-busy', peer))
  }

  #onEvent(event: RequestEvent, mark: string | null): void {
    switch (event.kind) {
      case 'message':
        return this.#onMessage(event.message, event.sender, mark)
      case 'refused':
        return void this.#report(rejected(event.reason, event.peer))
      default:
        return this.#change(event.kind, event.peer)
    }
  }

  #onMessage({ type, data, from, to }: WireMessage, { label }: Member, mark: string | null): void {
    const isDirect = type === MessageType.direct
    this.inbox.push({ from, data: data ?? new Uint8Array(), direct: isDirect, to, label, mark })
  }

  #newCourier(): Sender {
    return new Sender({ ...this.#sending(), onDead: (peer) => this.#onDead(peer) })
  }

  #sending(): GreeterHost {
    const isUs = (peer: Peer, teller: string): Promise<boolean> =>
      this.#care.isUs(this.#client, this.self, peer, teller)
    return { state: this.#state, client: this.#client, isUs }
  }

  #onDead(peer: Peer): void {
    this.#report(new Gop2pError('connection', 'dead', `${formatPeer(peer)} is taken for dead`, { peer }))
    this.#change('dead', peer)
    const gone = this.#state.away.get(peerKey(peer))
    if (gone !== undefined && gone.label !== null) void this.#sayGoodbyeFor(gone)
  }

  /**
   * Another bridge is dead. gop2p's nodes never notice, and their messages stop at it: it would keep their words from
   * all members after it in their lists. A bridge that is alive after all introduces itself again.
   */
  async #sayGoodbyeFor({ peer }: Member): Promise<void> {
    const withinMs = this.#limits.sendTimeoutMs
    await this.#sender.post({ ...disconnectAs(peer, listPeers(this.#state)), withinMs })
  }

  #onInboxFull(): void {
    // Reported when it happens, and then at each doubling: the count is in `inbox.dropped`.
    const { dropped } = this.inbox
    if ((dropped & (dropped - 1)) !== 0) return
    this.#report(new Gop2pError('internal', 'inbox-full', `nobody reads the inbox: ${dropped} messages dropped`))
  }

  #change(kind: Change['kind'], peer: Peer): void {
    if (kind === 'joined') this.#care.soon()
    this.#changes.next({ kind, peer })
  }

  #report(error: Gop2pError): Gop2pError {
    this.errors.push(error)
    return error
  }
}

/** 'host:port' of our own, where port 0 is allowed. */
function parseOwn(text: string): Peer {
  const port = Number(/:(\d{1,5})$/.exec(text)?.[1] ?? Number.NaN)
  // Any port makes the host checkable.
  const peer = parsePeer(text.replace(/:0+$/, ':1'))
  if (peer === null) throw new Gop2pError('parse', 'bad-address', `${text} is not an address`)
  return { ...peer, port }
}
