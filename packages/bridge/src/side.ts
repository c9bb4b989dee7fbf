// What the bridge needs of a foreign network, whatever it speaks: words heard there, and words said there.
import type { Observable } from 'rxjs'

/** Something said on a foreign network. Nobody there proves who they are: a name is what somebody wrote. */
export interface ForeignMessage {
  /**
   * The same at every bridge to that network that hears this word. Where the wire has ids, it names one word for ever;
   * elsewhere it names the sender.
   */
  readonly key: string
  /** The id of a word that a bridge said there, where the wire tells; else null. */
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
   * Names it at every bridge, so that a network with ids takes it once, however many bridges say it. Positive, 63 bits.
   */
  readonly id: bigint
  /** With the mark of the network it comes from: 'alice@floodnet'. */
  readonly from: string
  readonly text: string
  /** Name of the addressee there; empty for everyone. */
  readonly to: string
}

export interface Refusal {
  /** Why a word was not said, in words for the one who said it. */
  readonly refused: string
  /** The reason lies in this bridge: another one to the same network may still say it. */
  readonly onlyHere?: boolean
}

/** Something that did not arrive. */
export interface Loss {
  /** Why, in words; one of few. */
  readonly reason: string
  /** Whom it is about, where that is known: told beside the reason, and not counted apart. */
  readonly whom?: string
}

/** A foreign network as the bridge sees it. */
export interface Side {
  /** Marks names that come from there: 'gob' makes alice 'alice@gob'. */
  readonly name: string
  /**
   * Whether the wire has ids: then the network itself drops a word that comes twice under one id. Else bridges take
   * turns.
   */
  readonly hasIds: boolean
  /** Every word heard there, from the subscription on; never what this side itself said. */
  readonly foreign$: Observable<ForeignMessage>
  /** What people should know: members that come and go, faults of the network. */
  readonly notices$: Observable<string>
  /** What did not reach somebody there, or was not taken from there: each time, why. */
  readonly losses$: Observable<Loss>
  /** Resolves when it is under way to everyone concerned. Never rejects for what peers do. */
  say(word: BridgedMessage): Promise<Refusal | null>
  /** Leaves the network and releases sockets and timers. */
  close(): Promise<void>
}
