// The node that a network object has at present: it starts, leaves its network, and is replaced by the next. What the
// program holds, its readers and listeners, stays; everything else belongs to one node and ends with it.
import type { IntervalHistogram } from 'node:perf_hooks'
import { FloodnetError, optionError } from '@floodnet/core'
import type { JoinOptions, NetworkOptions, NetworkStats } from './api.ts'
import { ProgramSignatures } from './identity/program-signature.ts'
import { Node } from './node.ts'
import { nextSettings } from './options/next-settings.ts'
import type { Settings } from './options/settings.ts'
import type { ProgramSide } from './program-side.ts'
import { collectStats, sumOfStats } from './stats.ts'

type Phase = 'starting' | 'joined' | 'leaving' | 'away' | 'ended'

export class CurrentNode {
  node: Node
  signatures: ProgramSignatures
  readonly #options: NetworkOptions
  readonly #side: ProgramSide
  readonly #onFatal: (error: unknown) => void
  #phase: Phase = 'starting'
  /** What the previous nodes have counted. */
  #past: NetworkStats | null = null
  /** What failed in a node while it started, besides the error of the start itself. */
  #startFailure: unknown = null
  /** Changes run one after the other. */
  #changing: Promise<unknown> = Promise.resolve()

  /** `onFatal`: something failed that the present node cannot survive. */
  constructor(settings: Settings, options: NetworkOptions, side: ProgramSide, onFatal: (error: unknown) => void) {
    this.#options = options
    this.#side = side
    this.#onFatal = onFatal
    this.node = this.#newNode(settings)
    this.signatures = signaturesOf(settings)
  }

  /** Whether it is between `leave` and `join`. */
  get isAway(): boolean {
    return this.#phase === 'leaving' || this.#phase === 'away'
  }

  async start(): Promise<void> {
    await this.node.start()
    this.#phase = 'joined'
  }

  /** Resolves when the node has left, even if it had left before. */
  leave(): Promise<void> {
    return this.#change(async () => {
      if (this.#phase !== 'joined') return
      this.#phase = 'leaving'
      await this.node.stop(awayError())
      this.#phase = 'away'
      this.#side.hub.emit('left', {})
    })
  }

  /**
   * Starts the next node: resolves when it listens. @throws as `createNetwork`, after which the program is still away.
   */
  join(entries: NetworkOptions['join'], changes: JoinOptions): Promise<void> {
    return this.#change(async () => {
      if (this.#phase !== 'away')
        throw optionError('join', 'this node is in a network: leave() it first, or connect() to one more entry')
      const { settings, outbox } = this.node
      const before = { options: this.#options, settings, incarnation: outbox.incarnation }
      await this.#replace(await nextSettings(before, entries, changes))
    })
  }

  /** Ends the present node once no change is under way. `failure`: see `Node.stop`. */
  end(failure: Error | null): Promise<void> {
    return this.#change(async () => {
      if (this.#phase === 'away') return this.node.tellLosses()
      await this.node.stop(failure)
      this.#phase = 'ended'
    })
  }

  /** Counts since the network object was made; a node that has left shows no neighbours and no threads. */
  async stats(loopDelay: IntervalHistogram): Promise<NetworkStats> {
    const now = await collectStats(this.node, loopDelay)
    return this.#past === null ? now : sumOfStats(this.#past, now)
  }

  async #replace(settings: Settings): Promise<void> {
    const before = this.node
    const next = this.#newNode(settings)
    this.#startFailure = null
    try {
      await next.start()
      if (this.#startFailure !== null) throw this.#startFailure
    } catch (error) {
      await next.stop()
      throw error
    }
    before.tellLosses()
    const counted = await collectStats(before, null)
    this.#past = this.#past === null ? counted : sumOfStats(this.#past, counted)
    this.node = next
    this.signatures = signaturesOf(settings)
    this.#phase = 'joined'
  }

  #newNode(settings: Settings): Node {
    const node: Node = new Node(settings, this.#side, (error) => {
      if (node !== this.node) this.#startFailure = error
      // If a node that is leaving fails, nobody needs to know.
      else if (!this.isAway) this.#onFatal(error)
    })
    return node
  }

  #change(change: () => Promise<void>): Promise<void> {
    const done = this.#changing.then(change)
    this.#changing = done.catch(() => undefined)
    return done
  }
}

/** The error if something that needs a network is called while there is none. */
export function awayError(): FloodnetError {
  return new FloodnetError('ERR_FLOODNET_AWAY', 'this node has left its network; join() brings it into one')
}

function signaturesOf({ networkId, identity }: Settings): ProgramSignatures {
  return new ProgramSignatures(networkId, identity.privateKeyPem)
}
