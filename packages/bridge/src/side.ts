// What the bridge needs from a foreign network of any kind: words heard there, and words said there.
import type { Observable } from 'rxjs'

/** Something said on a foreign network. Nobody there proves who they are: a name is what somebody wrote. */
export interface ForeignMessage {
  /**
   * The same at every bridge to that network that hears this word. If the wire has ids, it names one word forever;
   * otherwise it names the sender.
   */
  readonly key: string
  /** The id of a word that a bridge said there, if the wire shows it; else null. */
  readonly bridgedId: bigint | null
  /** Who said it, as named there. */
  readonly from: string
  readonly text: string
  /** Name of the addressee; empty for everyone. */
  readonly to: string
}

/** Something to say on a foreign network. */
export interface BridgedMessage {
  /**
   * Names it at every bridge, so that a network with ids accepts it once, however many bridges say it. Positive, 63
   * bits.
   */
  readonly id: bigint
  /** With the mark of the network it comes from: 'alice@floodnet'. */
  readonly from: string
  readonly text: string
  /** Name of the addressee there; empty for everyone. */
  readonly to: string
}

export interface Refusal {
  /** Why a word was not said, in words for its writer. */
  readonly refused: string
  /** The reason is in this bridge: another one to the same network may still say it. */
  readonly onlyHere?: boolean
}

/** Something that did not arrive. */
export interface Loss {
  /** Why, in words; one of a few. */
  readonly reason: string
  /** Whom it concerns, if known: reported with the reason, and not counted separately. */
  readonly whom?: string
}

/** A foreign network as the bridge sees it. */
export interface Side {
  /** Marks names that come from there: 'gob' makes alice 'alice@gob'. */
  readonly name: string
  /**
   * Whether the wire has ids. If so, the network itself drops a word that comes twice under one id; otherwise bridges
   * take turns.
   */
  readonly hasIds: boolean
  /** Every word heard there, from the subscription on; never what this side itself said. */
  readonly foreign$: Observable<ForeignMessage>
  /** What people should know: members that come and go, faults of the network. */
  readonly notices$: Observable<string>
  /** What did not reach somebody there, or was not accepted from there: why, each time. */
  readonly losses$: Observable<Loss>
  /** Resolves when it is on its way to everyone concerned. Mistakes of peers never make it reject. */
  say(word: BridgedMessage): Promise<Refusal | null>
  /** Leaves the network and releases sockets and timers. */
  close(): Promise<void>
}
