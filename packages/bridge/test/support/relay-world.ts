// Relays between floodnet and a foreign network in simulated time: everything that is said arrives after a delay of its
// own, in any order.

import { nameInLine } from '../../src/names.ts'
import { Relay, type RelayEffect } from '../../src/relay/relay.ts'
import type { BridgedMessage, ForeignMessage } from '../../src/side.ts'

export const SIDE = 'far'
export const HUB = 'floodnet'
const TICK_MS = 100
const HELLO_MS = 5_000

interface Event {
  readonly atMs: number
  readonly order: number
  readonly run: () => void
}

interface Member {
  readonly relay: Relay
  readonly id: string
  alive: boolean
  seq: number
}

export class RelayWorld {
  nowMs = 0
  /** Texts as a reader of floodnet counts them, and as a member of the foreign network does. */
  readonly inHub: string[] = []
  readonly onSide: string[] = []
  readonly #hasIds: boolean
  readonly #delay: () => number
  readonly #members: Member[] = []
  readonly #seen = new Set<bigint>()
  #events: Event[] = []
  #order = 0
  #lastId = 0n

  /** @param delay draws how long something is under way, in ms */
  constructor(relays: number, hasIds: boolean, delay: () => number) {
    this.#hasIds = hasIds
    this.#delay = delay
    for (let index = 0; index < relays; index++) this.#add(`bridge${index}`)
    // Bridges greet each other before they listen.
    this.run(HELLO_MS)
  }

  /** Somebody in floodnet says something. */
  sayInHub(text: string): void {
    this.inHub.push(text)
    const payload = new TextEncoder().encode(JSON.stringify({ Text: text, From: 'alice', To: '' }))
    const message = { payload, origin: 'a'.repeat(64), incarnation: 1, seq: ++this.#order, index: 0 }
    for (const member of this.#members) this.#later(() => this.#do(member, member.relay.onMessage(message, this.nowMs)))
  }

  /** Somebody on the side says something. */
  sayOnSide(from: string, text: string): void {
    this.onSide.push(text)
    const key = this.#hasIds ? `${++this.#lastId}` : from
    for (const member of this.#members) this.#hear(member, { key, bridgedId: null, from, text, to: '' })
  }

  /** A bridge is gone without a word. */
  kill(index: number): void {
    const member = this.#members[index]
    if (member !== undefined) member.alive = false
  }

  run(forMs: number): void {
    const untilMs = this.nowMs + forMs
    for (;;) {
      this.#events.sort((a, b) => a.atMs - b.atMs || a.order - b.order)
      const next = this.#events[0]
      if (next === undefined || next.atMs > untilMs) break
      this.#events.shift()
      this.nowMs = next.atMs
      next.run()
    }
    this.nowMs = untilMs
  }

  #add(id: string): void {
    const relay = new Relay(id, HUB, () => ++this.#lastId)
    relay.addSide(SIDE, this.#hasIds)
    const member: Member = { relay, id, alive: true, seq: 0 }
    this.#members.push(member)
    this.#every(TICK_MS, () => this.#do(member, relay.onTick(this.nowMs)))
    this.#every(HELLO_MS, () => this.#do(member, [{ kind: 'write', payload: relay.hello(), writer: null }]))
  }

  #every(ms: number, act: () => void): void {
    const again = (): void => {
      act()
      this.#at(this.nowMs + ms, again)
    }
    this.#at(this.nowMs, again)
  }

  #do(from: Member, effects: readonly RelayEffect[]): void {
    if (!from.alive) return
    for (const effect of effects) {
      if (effect.kind === 'write') this.#write(from, effect.payload)
      if (effect.kind === 'say') {
        this.#say(from, effect.word)
        this.#do(from, from.relay.onSaid(effect, null, this.nowMs))
      }
    }
  }

  #write(from: Member, payload: Uint8Array): void {
    const { Text: text, To: to } = JSON.parse(new TextDecoder().decode(payload))
    if (to !== '@bridges') this.inHub.push(text)
    const message = { payload, origin: from.id, incarnation: 1, seq: ++from.seq, index: 0 }
    for (const other of this.#members) {
      if (other !== from) this.#later(() => this.#do(other, other.relay.onMessage(message, this.nowMs)))
    }
  }

  #say(from: Member, word: BridgedMessage): void {
    if (this.#hasIds && this.#seen.has(word.id)) return
    this.#seen.add(word.id)
    this.onSide.push(word.text)
    const { name, text } = nameInLine(`<${word.from}> ${word.text}`) ?? { name: '', text: '' }
    const foreign = { key: from.id, bridgedId: this.#hasIds ? null : word.id, from: name, text, to: '' }
    for (const other of this.#members) if (other !== from) this.#hear(other, foreign)
  }

  #hear(member: Member, foreign: ForeignMessage): void {
    this.#later(() => {
      if (member.alive) this.#do(member, member.relay.onHeard(SIDE, foreign, this.nowMs))
    })
  }

  #later(run: () => void): void {
    this.#at(this.nowMs + this.#delay(), run)
  }

  #at(atMs: number, run: () => void): void {
    this.#events.push({ atMs, order: ++this.#order, run })
  }
}
