// One step of the actor: the state, the time and the randomness it may use, and the effects it has so far.
import type { JoinCounter } from './counters.ts'
import type { JoinEffect, JoinEvent } from './messages.ts'
import type { JoinPacket } from './packets.ts'
import type { JoinState, Link } from './state.ts'

export interface Turn {
  readonly state: JoinState
  /** Milliseconds on any steady clock. */
  readonly now: number
  /** In [0, 1). Nonces are drawn from it, so a real host passes a cryptographic source. */
  readonly random: () => number
  readonly effects: JoinEffect[]
  /** All that was done was to carry a packet for others: no neighbour, dial or address is other than before. */
  carried: boolean
}

export function count(turn: Turn, name: JoinCounter): void {
  turn.state.counters[name]++
}

export function emit(turn: Turn, event: JoinEvent): void {
  turn.effects.push({ kind: 'event', event })
}

export function send(turn: Turn, link: Link, packet: JoinPacket): void {
  turn.effects.push({ kind: 'send', link: link.link, packet })
}

export function chance(turn: Turn, probability: number): boolean {
  return turn.random() < probability
}

export function pick<T>(turn: Turn, items: readonly T[]): T | undefined {
  return items[Math.floor(turn.random() * items.length)]
}

/** A whole number below `bound`. */
export function below(turn: Turn, bound: number): number {
  return Math.floor(turn.random() * bound)
}

/** Between three and five quarters of it: nodes that lost the same peer must not come back in step. */
export function jitter(turn: Turn, ms: number): number {
  return ms * (0.75 + turn.random() / 2)
}

export function drawU32(turn: Turn): number {
  return Math.floor(turn.random() * 2 ** 32)
}

export function drawNonce(turn: Turn): string {
  let nonce = ''
  for (let word = 0; word < 4; word++) nonce += drawU32(turn).toString(16).padStart(8, '0')
  return nonce
}
