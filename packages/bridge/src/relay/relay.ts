// What a bridge does with what it hears: floodnet in the middle, foreign networks as its sides. A word from a side is
// written into floodnet, and from there said on every other side. Pure: no sockets, clock or timers; time is an
// argument, and effects are returned.
import { createHash } from 'node:crypto'
import { isMarkedWith, marked, marksOf, unmarked } from '../names.ts'
import type { BridgedMessage, ForeignMessage, Refusal } from '../side.ts'
import { cleanMessage, cleanName } from './cleaning.ts'
import { Dedup } from './dedup.ts'
import { type BridgeControl, encodeControl, encodeText, type HubText, readHubPayload } from './hub-payload.ts'
import { RELAY_DEFAULTS, type RelayOptions } from './options.ts'
import { OtherBridges } from './other-bridges.ts'
import { TELLER, Telling } from './telling.ts'

/**
 * Networks that a word may come through: eight marks of 32 characters fit into any name that is examined (a guess, with
 * room).
 */
const MAX_MARKS = 8

/** A message of floodnet, as a reader gets it. */
export interface HubMessage {
  readonly payload: Uint8Array
  readonly origin: string
  readonly incarnation: number
  readonly seq: number
  readonly index: number
}

export type RelayEffect =
  /** `writer`: who hears of it if it cannot be written, as named in floodnet; null: nobody. */
  | { readonly kind: 'write'; readonly payload: Uint8Array; readonly writer: string | null }
  /** `writer`: who hears of it if it cannot be said. */
  | { readonly kind: 'say'; readonly side: string; readonly word: BridgedMessage; readonly writer: string | null }
  /** To be counted. `about`: the network that the word did not reach. */
  | { readonly kind: 'not-carried'; readonly about: string; readonly reason: string }

interface RelaySide {
  readonly name: string
  readonly hasIds: boolean
  /** Words on their way into floodnet. */
  readonly inward: Dedup<HubText>
  /** Words on their way to the side, for the turns among bridges where the side has no ids of its own. */
  readonly outward: Dedup<{ readonly word: BridgedMessage; readonly writer: string | null }>
}

export class Relay {
  readonly #hub: string
  readonly #newId: () => bigint
  readonly #options: RelayOptions
  readonly #otherBridges: OtherBridges
  readonly #telling = new Telling()
  readonly #sides = new Map<string, RelaySide>()

  /**
   * @param id this bridge's node; @param hub what names of floodnet are marked with elsewhere; @param newId draws 63
   * random bits
   */
  constructor(id: string, hub: string, newId: () => bigint, options: Partial<RelayOptions> = {}) {
    this.#hub = hub
    this.#newId = newId
    this.#options = { ...RELAY_DEFAULTS, ...options }
    this.#otherBridges = new OtherBridges(id, this.#options)
  }

  /** Adds a side. Call it before anything is heard there, and say hello. */
  addSide(name: string, hasIds: boolean): void {
    const inward: RelaySide['inward'] = new Dedup(hasIds, this.#options)
    const outward: RelaySide['outward'] = new Dedup(true, this.#options)
    this.#sides.set(name, { name, hasIds, inward, outward })
  }

  get otherBridges(): number {
    return this.#otherBridges.size
  }

  /** Write this every `helloMs`, and at once when there is a new sibling. */
  hello(): Uint8Array {
    return encodeControl({ kind: 'hello', sides: [...this.#sides.keys()] })
  }

  goodbye(): Uint8Array {
    return encodeControl({ kind: 'hello', sides: [] })
  }

  /** Something was said on a side. */
  onHeard(sideName: string, foreign: ForeignMessage, nowMs: number): RelayEffect[] {
    const side = this.#side(sideName)
    if (isMarkedWith(foreign.from, this.#hub)) return this.#onOwn(side, foreign, nowMs)
    if (marksOf(foreign.from) >= MAX_MARKS) return [tooFar(side.name)]
    const word = this.#fromSide(side, foreign)
    if (word === null) return []
    const key = inwardKey(word)
    const rank = this.#otherBridges.rank(key, side.name, nowMs)
    return side.inward.foreign(key, word, rank, nowMs).flatMap((due) => this.#write(due, nowMs))
  }

  /** Something was written in floodnet by another node. */
  onMessage(message: HubMessage, nowMs: number): RelayEffect[] {
    const reading = readHubPayload(message.payload)
    if (reading.kind === 'other') return []
    if (reading.kind === 'unread') return [{ kind: 'not-carried', about: this.#hub, reason: reading.reason }]
    if (reading.kind === 'note') return this.#onNote(message.origin, reading.control, nowMs)
    const { word } = reading
    if (word.origin === null) return this.#toSides(word, nativeText(word, message, this.#hub), nowMs)
    this.#sides.get(word.origin.side)?.inward.said(inwardKey(word), nowMs)
    return this.#toSides(word, foreignText(word, this.#hub), nowMs)
  }

  /** Words whose turn has come. Call this several times within `turnMs`. */
  onTick(nowMs: number): RelayEffect[] {
    return [...this.#sides.values()].flatMap((side) => {
      const rankOf = (key: string): number => this.#otherBridges.rank(key, side.name, nowMs)
      const words = side.inward.due(nowMs, rankOf)
      const said = side.outward.due(nowMs, rankOf)
      return [
        ...words.flatMap((word) => this.#write(word, nowMs)),
        ...said.map((item): RelayEffect => ({ kind: 'say', side: side.name, ...item }))
      ]
    })
  }

  /**
   * A side did what it was asked to, or refused with words for the writer. If another bridge may still say it, we leave
   * it to that one.
   */
  onSaid(
    { side, word, writer }: Extract<RelayEffect, { kind: 'say' }>,
    refusal: Refusal | null,
    nowMs: number
  ): RelayEffect[] {
    const effects: RelayEffect[] = []
    if (refusal !== null) effects.push({ kind: 'not-carried', about: side, reason: refusal.refused })
    if (refusal?.onlyHere && this.#otherBridges.hasSide(side, nowMs)) return effects
    // Only the addressee hears it, so we have to tell the other bridges that it needs no second one.
    if (word.to !== '' && this.#otherBridges.size > 0) effects.push(note({ kind: 'done', side, id: word.id }))
    // Only one bridge reports on a word that every bridge says.
    const isSaidByAll = word.to === '' && this.#side(side).hasIds
    if (refusal === null || (isSaidByAll && !this.#isOurs(word.id, side, nowMs))) return effects
    const whom = word.to === '' ? `on ${side}` : `to ${marked(word.to, side)}`
    return [...effects, ...this.#tell(writer, side, `not said ${whom}: ${refusal.refused}`, nowMs)]
  }

  /** A word could not be written into floodnet. */
  onUnwritten(writer: string | null, reason: string, nowMs: number): RelayEffect[] {
    const about = this.#hub
    return [
      { kind: 'not-carried', about, reason },
      ...this.#tell(writer, about, `not said on ${about}: ${reason}`, nowMs)
    ]
  }

  /** Whether this bridge is the one that reports on a word that all of them see. */
  #isOurs(id: bigint, side: string, nowMs: number): boolean {
    return this.#otherBridges.rank(id.toString(), side, nowMs) === 0
  }

  /** @param about the network of which it is told */
  #tell(writer: string | null, about: string, text: string, nowMs: number): RelayEffect[] {
    const place = writer === null ? null : this.#telling.placeOf(writer, this.#sides.keys(), nowMs)
    if (place === null) return []
    if (place.kind === 'side') {
      const word = { id: this.#newId(), from: marked(TELLER, this.#hub), text, to: place.name }
      return [{ kind: 'say', side: place.side, word, writer: null }]
    }
    const origin = { side: about, key: 'refusal', id: this.#newId() }
    return this.#write({ from: marked(TELLER, about), text, to: place.name, origin }, nowMs)
  }

  #side(name: string): RelaySide {
    const side = this.#sides.get(name)
    if (side === undefined) throw new TypeError(`no side ${name}`)
    return side
  }

  /** A word that a bridge said there for floodnet: it never goes back, and needs no second bridge. */
  #onOwn(side: RelaySide, { bridgedId }: ForeignMessage, nowMs: number): RelayEffect[] {
    if (bridgedId !== null) side.outward.said(bridgedId.toString(), nowMs)
    return []
  }

  /** Null if it is for somebody there. */
  #fromSide(side: RelaySide, { key, from, text, to }: ForeignMessage): HubText | null {
    const addressee = to === '' ? '' : unmarked(to, this.#hub)
    if (addressee === null) return null
    // If the wire has ids, the key tells words apart, and every bridge must use the same id.
    const origin = { side: side.name, key, id: side.hasIds ? 0n : this.#newId() }
    return { from: marked(cleanName(from), side.name), text, to: addressee, origin }
  }

  #write(word: HubText, nowMs: number): RelayEffect[] {
    const write: RelayEffect = { kind: 'write', payload: encodeText(word), writer: word.from }
    return [write, ...this.#toSides(word, foreignText(word, this.#hub), nowMs)]
  }

  #toSides({ from, to }: HubText, word: Omit<BridgedMessage, 'to'>, nowMs: number): RelayEffect[] {
    if (marksOf(word.from) > MAX_MARKS) return [tooFar(this.#hub)]
    const tooLong: string[] = []
    const effects = [...this.#sides.values()].flatMap((side) => {
      if (isMarkedWith(word.from, side.name)) return []
      const addressee = to === '' ? '' : unmarked(to, side.name)
      if (addressee === null) return []
      if (Buffer.byteLength(word.text) <= this.#options.maxTextBytes)
        return this.#toSide(side, { ...word, to: addressee }, from, nowMs)
      tooLong.push(side.name)
      return []
    })
    return tooLong.length === 0 ? effects : [...effects, ...this.#onTooLong(tooLong, from, word, nowMs)]
  }

  #onTooLong(
    sides: readonly string[],
    writer: string,
    { id, text }: Omit<BridgedMessage, 'to'>,
    nowMs: number
  ): RelayEffect[] {
    const { maxTextBytes } = this.#options
    const reason = `a text of over ${maxTextBytes} bytes`
    const effects = sides.map((about): RelayEffect => ({ kind: 'not-carried', about, reason }))
    const [first = ''] = sides
    if (!this.#isOurs(id, first, nowMs)) return effects
    const told = `not said on ${sides.join(' and ')}: ${Buffer.byteLength(text)} bytes, ${maxTextBytes} at most`
    return [...effects, ...this.#tell(writer, first, told, nowMs)]
  }

  #toSide(side: RelaySide, word: BridgedMessage, writer: string, nowMs: number): RelayEffect[] {
    const item = { word, writer }
    if (side.hasIds && word.to === '') return [{ kind: 'say', side: side.name, ...item }]
    const key = word.id.toString()
    const rank = this.#otherBridges.rank(key, side.name, nowMs)
    return side.outward
      .foreign(key, item, rank, nowMs)
      .map((due): RelayEffect => ({ kind: 'say', side: side.name, ...due }))
  }

  #onNote(from: string, control: BridgeControl, nowMs: number): RelayEffect[] {
    if (control.kind === 'done') {
      this.#sides.get(control.side)?.outward.said(control.id.toString(), nowMs)
      return []
    }
    // A new bridge does not know us yet, and has to before it says anything.
    const isNew = this.#otherBridges.hello(from, control.sides, nowMs)
    return isNew ? [{ kind: 'write', payload: this.hello(), writer: null }] : []
  }
}

/**
 * Every bridge computes the same key from the word, whether it heard it on the side or in floodnet. Somebody who lies
 * about a key must say the same text.
 */
function inwardKey({ from, text, to, origin }: HubText): string {
  return digest([origin?.side, origin?.key, from, to, text])
}

/** A word written in floodnet: its name there determines the id, so that every bridge has the same. */
function nativeText({ from, text }: HubText, message: HubMessage, hub: string): Omit<BridgedMessage, 'to'> {
  const { origin, incarnation, seq, index } = message
  const name = from === '' ? `node-${origin.slice(0, 8)}` : cleanName(from)
  return { id: idOf(digest([origin, incarnation, seq, index])), from: marked(name, hub), text: cleanMessage(text) }
}

/** A word from a side. Its text is part of its id, so that nobody can take the id of another word before it is said. */
function foreignText(word: HubText, hub: string): Omit<BridgedMessage, 'to'> {
  const id = idOf(digest([inwardKey(word), word.origin?.id.toString()]))
  return { id, from: marked(cleanName(word.from), hub), text: cleanMessage(word.text) }
}

function note(control: BridgeControl): RelayEffect {
  return { kind: 'write', payload: encodeControl(control), writer: null }
}

function tooFar(about: string): RelayEffect {
  return { kind: 'not-carried', about, reason: `a name with ${MAX_MARKS} marks of networks or more` }
}

function digest(parts: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex')
}

/** Positive, 63 bits, like the ids of Go nodes. */
function idOf(hex: string): bigint {
  return BigInt.asUintN(63, BigInt(`0x${hex.slice(0, 16)}`)) | 1n
}
