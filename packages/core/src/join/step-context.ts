// One step of the actor: the state, the time and the randomness that it may use, and the effects so far.
import type { JoinCounter } from './counters.ts'
import type { JoinEffect, JoinEvent } from './messages.ts'
import type { JoinPacket } from './packets.ts'
import type { JoinState, Link } from './state.ts'

export interface StepContext {
  readonly state: JoinState
  /** Milliseconds on any steady clock. */
  readonly now: number
  /** In [0, 1). Nonces are drawn from it, so a real host passes a cryptographic source. */
  readonly random: () => number
  readonly effects: JoinEffect[]
  /** The step only carried a packet for others: it changed no neighbour, dial or address. */
  relayedOnly: boolean
}

export function count(context: StepContext, name: JoinCounter): void {
  context.state.counters[name]++
}

export function emit(context: StepContext, event: JoinEvent): void {
  context.effects.push({ kind: 'event', event })
}

export function send(context: StepContext, link: Link, packet: JoinPacket): void {
  context.effects.push({ kind: 'send', link: link.link, packet })
}

export function chance(context: StepContext, probability: number): boolean {
  return context.random() < probability
}

export function pick<T>(context: StepContext, items: readonly T[]): T | undefined {
  return items[Math.floor(context.random() * items.length)]
}

/** A whole number below `bound`. */
export function below(context: StepContext, bound: number): number {
  return Math.floor(context.random() * bound)
}

/** Between three and five quarters of it, so that nodes that lost the same peer do not come back in step. */
export function jitter(context: StepContext, ms: number): number {
  return ms * (0.75 + context.random() / 2)
}

export function drawU32(context: StepContext): number {
  return Math.floor(context.random() * 2 ** 32)
}

export function drawNonce(context: StepContext): string {
  let nonce = ''
  for (let word = 0; word < 4; word++) nonce += drawU32(context).toString(16).padStart(8, '0')
  return nonce
}
