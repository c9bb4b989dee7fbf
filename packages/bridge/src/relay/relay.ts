// What a bridge does with what it hears: floodnet in the middle, foreign networks as its sides. A word of a side is
// written into floodnet, and from there said on every other side. Pure: no sockets, clock or timers; time is an
// argument, effects come back.
import { createHash } from 'node:crypto'
import { isMarkedWith, marked, marksOf, unmarked } from '../names.ts'
import type { BridgedMessage, ForeignMessage, Refusal } from '../side.ts'
import { cleanMessage, cleanName } from './cleaning.ts'
import { Dedup } from './dedup.ts'
import { type BridgeControl, encodeControl, encodeText, type HubText, readHubPayload } from './hub-payload.ts'
import { RELAY_DEFAULTS, type RelayOptions } from './options.ts'
import { OtherBridges } from './other-bridges.ts'

/**
 * Networks that a word may come through: eight marks of 32 characters fit into any name that is looked at (a guess,
 * with room).
 */
const MAX_MARKS = 8

/** A message of floodnet, as its reader gets it. */
export interface HubMessage {
  readonly payload: Uint8Array
  readonly origin: string
  readonly incarnation: number
  readonly seq: number
  readonly index: number
}

export type RelayEffect =
  | { readonly kind: 'write'; readonly payload: Uint8Array }
  /** `answer`: who asked, on floodnet, for a word that is for one alone. */
  | { readonly kind: 'say'; readonly side: string; readonly word: BridgedMessage; readonly answer: string | null }
  | { readonly kind: 'not-carried'; readonly from: string; readonly reason: string }

interface RelaySide {
  readonly name: string
  readonly hasIds: boolean
  /** Words on their way into floodnet. */
  readonly inward: Dedup<HubText>
  /** Words on their way to the side, for the turns among bridges where the side has no ids of its own. */
  readonly outward: Dedup<{ readonly word: BridgedMessage; readonly answer: string | null }>
}

export class Relay {
  readonly #hub: string
  readonly #newId: () => bigint
  readonly #options: RelayOptions
  readonly #otherBridges: OtherBridges
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

  /** To be written every `helloMs`, and at once when a sibling is new. */
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
    if (reading.kind === 'unread') return [{ kind: 'not-carried', from: this.#hub, reason: reading.reason }]
    if (reading.kind === 'note') return this.#onNote(message.origin, reading.control, nowMs)
    const { word } = reading
    if (word.origin === null) return this.#toSides(word, nativeText(word, message, this.#hub), nowMs)
    this.#sides.get(word.origin.side)?.inward.said(inwardKey(word), nowMs)
    return this.#toSides(word, foreignText(word, this.#hub), nowMs)
  }

  /** Words whose turn has come. To be called some times within `turnMs`. */
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
   * A side did what it was asked to, or refused with a word for whoever asked. What another bridge may still say is
   * left to it.
   */
  onSaid(
    { side, word, answer }: Extract<RelayEffect, { kind: 'say' }>,
    refusal: Refusal | null,
    nowMs: number
  ): RelayEffect[] {
    const effects: RelayEffect[] = []
    const refused = refusal?.refused ?? null
    if (refused !== null) effects.push({ kind: 'not-carried', from: this.#hub, reason: refused })
    if (word.to === '' || (refusal?.onlyHere && this.#otherBridges.hasSide(side, nowMs))) return effects
    // Only the addressee hears it, so the other bridges have to be told that it needs no second one.
    if (this.#otherBridges.size > 0)
      effects.push({ kind: 'write', payload: encodeControl({ kind: 'done', side, id: word.id }) })
    if (refused === null || answer === null) return effects
    const text = `not said to ${marked(word.to, side)}: ${refused}`
    const origin = { side, key: 'refusal', id: this.#newId() }
    return [...effects, ...this.#write({ from: marked('bridge', side), text, to: answer, origin }, nowMs)]
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

  /** Null when it is for somebody there. */
  #fromSide(side: RelaySide, { key, from, text, to }: ForeignMessage): HubText | null {
    const addressee = to === '' ? '' : unmarked(to, this.#hub)
    if (addressee === null) return null
    // Where the wire has ids, the key tells words apart, and every bridge has to give the same.
    const origin = { side: side.name, key, id: side.hasIds ? 0n : this.#newId() }
    return { from: marked(cleanName(from), side.name), text, to: addressee, origin }
  }

  #write(word: HubText, nowMs: number): RelayEffect[] {
    const write: RelayEffect = { kind: 'write', payload: encodeText(word) }
    return [write, ...this.#toSides(word, foreignText(word, this.#hub), nowMs)]
  }

  #toSides({ to }: HubText, word: Omit<BridgedMessage, 'to'>, nowMs: number): RelayEffect[] {
    const bytes = Buffer.byteLength(word.text)
    if (bytes > this.#options.maxTextBytes && this.#sides.size > 0)
      return [{ kind: 'not-carried', from: this.#hub, reason: `a text of over ${this.#options.maxTextBytes} bytes` }]
    if (marksOf(word.from) > MAX_MARKS) return [tooFar(this.#hub)]
    return [...this.#sides.values()].flatMap((side) => {
      if (isMarkedWith(word.from, side.name)) return []
      const addressee = to === '' ? '' : unmarked(to, side.name)
      return addressee === null ? [] : this.#toSide(side, { ...word, to: addressee }, nowMs)
    })
  }

  #toSide(side: RelaySide, word: BridgedMessage, nowMs: number): RelayEffect[] {
    const answer = word.to === '' ? null : unmarked(word.from, this.#hub)
    const item = { word, answer }
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
    // Who is new does not know us yet, and has to before it says anything.
    return this.#otherBridges.hello(from, control.sides, nowMs) ? [{ kind: 'write', payload: this.hello() }] : []
  }
}

/**
 * As every bridge makes it from the word, whether it heard it on the side or in floodnet. Who lies about a key must say
 * the same text.
 */
function inwardKey({ from, text, to, origin }: HubText): string {
  return digest([origin?.side, origin?.key, from, to, text])
}

/** A word written in floodnet: its name there makes the id, so that every bridge has the same. */
function nativeText({ from, text }: HubText, message: HubMessage, hub: string): Omit<BridgedMessage, 'to'> {
  const { origin, incarnation, seq, index } = message
  const name = from === '' ? `node-${origin.slice(0, 8)}` : cleanName(from)
  return { id: idOf(digest([origin, incarnation, seq, index])), from: marked(name, hub), text: cleanMessage(text) }
}

/**
 * A word of a side. What it says is part of its id, so that nobody can take the id of another word before it is said.
 */
function foreignText(word: HubText, hub: string): Omit<BridgedMessage, 'to'> {
  const id = idOf(digest([inwardKey(word), word.origin?.id.toString()]))
  return { id, from: marked(cleanName(word.from), hub), text: cleanMessage(word.text) }
}

function tooFar(from: string): RelayEffect {
  return { kind: 'not-carried', from, reason: `a name with ${MAX_MARKS} marks of networks or more` }
}

function digest(parts: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex')
}

/** Positive, 63 bits, as Go draws its ids. */
function idOf(hex: string): bigint {
  return BigInt.asUintN(63, BigInt(`0x${hex.slice(0, 16)}`)) | 1n
}
