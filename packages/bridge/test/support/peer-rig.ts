// A peer of the tutorial's network in a test's hands: time, randomness and every input are given, every effect is seen.
import { PACKET_TYPES, type TutorialPacket } from '../../src/gob/packet.ts'
import type { LinkId, PeerEffect, PeerEvent, PeerInput } from '../../src/tutorial/messages.ts'
import type { PeerOptions } from '../../src/tutorial/options.ts'
import { degreeOf, newPeer, type PeerState, wakeAt } from '../../src/tutorial/state.ts'
import { step } from '../../src/tutorial/step.ts'

export const OWN_ID = '1000'
const HOST = '10.0.0.1'

export class PeerRig {
  readonly state: PeerState
  nowMs = 0
  /** What is drawn next, for ever. */
  chance = 0
  #lastId = 1_000_000n
  #lastLink = 0

  constructor(options: Partial<PeerOptions> = {}) {
    this.state = newPeer(OWN_ID, options)
    this.input({ kind: 'listening', address: { host: '::', port: 55_555 } })
  }

  get degree(): number {
    return degreeOf(this.state)
  }

  input(input: PeerInput): PeerEffect[] {
    return step(this.state, input, { nowMs: this.nowMs, random: () => this.chance, newId: () => ++this.#lastId })
  }

  /** Sleeps until the peer wants to be woken, and wakes it. */
  wake(): PeerEffect[] {
    this.nowMs = Math.max(this.nowMs, wakeAt(this.state) ?? this.nowMs)
    return this.input({ kind: 'wake' })
  }

  /** Lives for so long; every dial succeeds, and the other end says nothing. @param effects what is done already */
  wakeAll(forMs: number, effects: readonly PeerEffect[] = []): PeerEffect[] {
    const untilMs = this.nowMs + forMs
    const all: PeerEffect[] = []
    for (let next = effects; ; next = this.wake()) {
      all.push(...next)
      for (const { link, address } of dials(next)) {
        const hosts = { remoteHost: address.host, localHost: '10.0.0.9' }
        all.push(...this.input({ kind: 'opened', link, ...hosts }))
      }
      if ((wakeAt(this.state) ?? Number.POSITIVE_INFINITY) > untilMs) break
    }
    this.nowMs = untilMs
    return all
  }

  /** A connection comes in, and this packet is the first on it. */
  stranger(packet: TutorialPacket, remoteHost = HOST): { link: LinkId; effects: PeerEffect[] } {
    const link = ++this.#lastLink
    this.input({ kind: 'accepted', link, remoteHost, localHost: '10.0.0.9' })
    return { link, effects: this.input({ kind: 'packet', link, packet }) }
  }

  /** A neighbour that asked for a link and got it. Needs room below the desired number. */
  neighbour(nodeId: string): LinkId {
    const { effects } = this.stranger(request(nodeId))
    const [dialled] = dials(effects)
    if (dialled === undefined) throw new Error(`${nodeId} was not accepted`)
    this.input({ kind: 'opened', link: dialled.link, remoteHost: HOST, localHost: '10.0.0.9' })
    return dialled.link
  }

  packet(link: LinkId, packet: TutorialPacket): PeerEffect[] {
    return this.input({ kind: 'packet', link, packet })
  }
}

let lastId = 0n

export function request(nodeId: string, fields: Partial<TutorialPacket> & { address?: string } = {}): TutorialPacket {
  return packetOf(PACKET_TYPES.joinRequest, { nodeId, hopsLeft: 5, ...fields })
}

export function ack(nodeId: string): TutorialPacket {
  return packetOf(PACKET_TYPES.joinAck, { nodeId })
}

export function message(text: string, fields: Partial<TutorialPacket> = {}): TutorialPacket {
  return packetOf(PACKET_TYPES.message, { payload: new TextEncoder().encode(text), ...fields })
}

function packetOf(type: number, fields: Partial<TutorialPacket> & { address?: string }): TutorialPacket {
  const { address = '10.0.0.2:55555', ...others } = fields
  const payload = new TextEncoder().encode(address)
  return { type, payload, nodeId: '7', uniqueId: ++lastId, hopsLeft: 0, ...others }
}

export function dials(effects: readonly PeerEffect[]): Extract<PeerEffect, { kind: 'dial' }>[] {
  return effects.filter((effect) => effect.kind === 'dial')
}

export function sends(effects: readonly PeerEffect[]): Extract<PeerEffect, { kind: 'send' }>[] {
  return effects.filter((effect) => effect.kind === 'send')
}

export function events(effects: readonly PeerEffect[]): PeerEvent[] {
  return effects.flatMap((effect) => (effect.kind === 'event' ? [effect.event] : []))
}

export function textOf({ payload }: TutorialPacket): string {
  return new TextDecoder().decode(payload)
}
