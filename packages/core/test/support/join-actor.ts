// One join actor under the microscope: inputs go in by hand, effects are kept to be looked at.
import {
  checkJoinState,
  createJoinState,
  type JoinEffect,
  type JoinEvent,
  type JoinInput,
  type JoinOptions,
  type JoinPacket,
  type JoinState,
  stepJoin
} from '../../src/join/index.ts'
import { createRandom } from './random.ts'

export interface Actor {
  readonly state: JoinState
  readonly random: () => number
  now: number
  lastLink: number
  /** The effects of the last input. */
  effects: JoinEffect[]
}

export function idOf(digit: string): string {
  return digit.repeat(64)
}

export interface ActorOptions extends Partial<JoinOptions> {
  /** What the actor draws, instead of a seeded sequence. */
  random?: () => number
}

/** An actor that listens and runs. Its id is in the middle: '8', so that a peer's may be smaller or larger. */
export function createActor(options: ActorOptions = {}): Actor {
  const { random = createRandom(1), ...join } = options
  const actor = { state: createJoinState({ id: idOf('8'), ...join }), random, now: 0, lastLink: 0, effects: [] }
  feed(actor, { kind: 'listening', address: 'me:1' })
  feed(actor, { kind: 'start' })
  return actor
}

export function feed(actor: Actor, input: JoinInput): JoinEffect[] {
  actor.effects = stepJoin(actor.state, input, actor.now, actor.random)
  const broken = checkJoinState(actor.state)
  if (broken !== null) throw new Error(`after ${JSON.stringify(input)}: ${broken}`)
  return actor.effects
}

export function wait(actor: Actor, ms: number): JoinEffect[] {
  actor.now += ms
  return feed(actor, { kind: 'wake' })
}

/** A link that the peer dialled. */
export function acceptLink(actor: Actor, peer: string, incarnation = 1): number {
  const link = ++actor.lastLink
  feed(actor, { kind: 'link-open', link, peer: idOf(peer), incarnation, dial: null, address: `${peer}:1` })
  return link
}

/**
 * A link that a peer dialled from `remote`, and that became a neighbour's. `address`: where it says that it can be
 * dialled.
 */
export function admitFrom(actor: Actor, peer: string, remote: string, address: string | null): number {
  const link = ++actor.lastLink
  feed(actor, { kind: 'link-open', link, peer: idOf(peer), incarnation: 1, dial: null, address, remote })
  receive(actor, link, request(peer))
  if (!isNeighbour(actor, link)) throw new Error(`${peer} was not admitted`)
  return link
}

/** The link that comes of a dial of ours. */
export function openDial(actor: Actor, dial: number, peer: string, incarnation = 1): number {
  const link = ++actor.lastLink
  feed(actor, { kind: 'link-open', link, peer: idOf(peer), incarnation, dial, address: `${peer}:1` })
  return link
}

export function receive(actor: Actor, link: number, packet: JoinPacket): JoinEffect[] {
  return feed(actor, { kind: 'packet', link, packet })
}

export function request(peer: string, fields: { request?: number; hops?: number; degree?: number } = {}): JoinPacket {
  return { kind: 'join-request', origin: idOf(peer), request: 7, hops: 5, degree: 0, address: `${peer}:1`, ...fields }
}

/** A neighbour that dialled us and was admitted at its request. */
export function admitPeer(actor: Actor, peer: string, degree = 0): number {
  const link = acceptLink(actor, peer)
  receive(actor, link, request(peer, { degree }))
  if (!isNeighbour(actor, link)) throw new Error(`${peer} was not admitted`)
  return link
}

/** A neighbour that we dialled and that admitted us. */
export function joinPeer(actor: Actor, peer: string): number {
  feed(actor, { kind: 'connect', address: `${peer}:1` })
  const link = openDial(actor, dialOf(actor), peer)
  receive(actor, link, { kind: 'join-ack', nonce: null })
  if (!isNeighbour(actor, link)) throw new Error(`${peer} did not become a neighbour`)
  return link
}

export function isNeighbour(actor: Actor, link: number): boolean {
  return actor.state.links.get(link)?.role === 'neighbour'
}

export function sent(actor: Actor, link?: number): JoinPacket[] {
  return actor.effects.flatMap((effect) => {
    return effect.kind === 'send' && (link === undefined || effect.link === link) ? [effect.packet] : []
  })
}

export function closed(actor: Actor): [number, string][] {
  return actor.effects.flatMap((effect) => (effect.kind === 'close' ? [[effect.link, effect.reason]] : []))
}

export function activated(actor: Actor): number[] {
  return actor.effects.flatMap((effect) => (effect.kind === 'activate' ? [effect.link] : []))
}

export function events(actor: Actor): JoinEvent[] {
  return actor.effects.flatMap((effect) => (effect.kind === 'event' ? [effect.event] : []))
}

export function dialled(actor: Actor): string[] {
  return actor.effects.flatMap((effect) => (effect.kind === 'dial' ? [effect.address] : []))
}

/** The number of the last dial. */
export function dialOf(actor: Actor): number {
  const dials = actor.effects.flatMap((effect) => (effect.kind === 'dial' ? [effect.dial] : []))
  const last = dials.at(-1)
  if (last === undefined) throw new Error('nothing was dialled')
  return last
}
