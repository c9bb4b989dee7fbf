// The mailbox of the join-arbitration actor, which does what the channel of the Go program did. All inputs, from every
// stream, go through one queue. Effects are carried out when a step is complete, and inputs that they cause wait their
// turn.
import {
  createJoinState,
  type JoinEffect,
  type JoinInput,
  type JoinState,
  type PartialJoinOptions,
  stepJoin
} from '@floodnet/core'
import { Subject } from 'rxjs'
import { secureRandom } from '../identity/secure-random.ts'

/** The actor with its mailbox and its one timer. */
export class JoinActor {
  readonly state: JoinState
  /** What the actor wants done, in order. */
  readonly effects$ = new Subject<JoinEffect>()
  readonly #onFailure: (error: unknown) => void
  readonly #mailbox: JoinInput[] = []
  #busy = false
  #timer: NodeJS.Timeout | null = null
  #ended = false

  /** `onFailure`: a step threw, which is a bug of ours; the actor takes no more inputs. */
  constructor(options: PartialJoinOptions, onFailure: (error: unknown) => void) {
    this.state = createJoinState(options)
    this.#onFailure = onFailure
  }

  send(input: JoinInput): void {
    if (this.#ended) return
    this.#mailbox.push(input)
    if (!this.#busy) this.#work()
  }

  end(): void {
    this.#ended = true
    this.#setTimer(null)
    this.effects$.complete()
  }

  #work(): void {
    this.#busy = true
    try {
      for (let input = this.#mailbox.shift(); input !== undefined; input = this.#mailbox.shift()) this.#step(input)
      this.#setTimer(this.state.wakeAt)
    } catch (error) {
      this.end()
      this.#onFailure(error)
    } finally {
      this.#busy = false
    }
  }

  #step(input: JoinInput): void {
    for (const effect of stepJoin(this.state, input, performance.now(), secureRandom)) this.effects$.next(effect)
  }

  #setTimer(wakeAt: number | null): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    if (wakeAt === null || this.#ended) return
    this.#timer = setTimeout(() => this.send({ kind: 'wake' }), Math.max(0, Math.ceil(wakeAt - performance.now())))
  }
}
