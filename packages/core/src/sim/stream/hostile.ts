// How hostile nodes differ from the others.
import { MAX_SEQ } from '../../wire/layout.ts'
import { below } from '../random.ts'
import type { HostileNode } from './node-world.ts'
import { authorOf } from './speaker.ts'

/** What `starve` passes on of each author before it stops. */
const QUICK_PACKETS = 10
/** Between two GRAFTs of `graft`, over each link. */
const GRAFT_EVERY_MS = 100
const TOO_HIGH = 1_000_000

/** Whether a hostile node sends a packet on at all. */
export function passesOn({ world, passed }: HostileNode, packet: number): boolean {
  const author = authorOf(packet)
  switch (world.options.hostility) {
    case 'withhold':
    case 'high':
    case 'low':
      return false
    case 'starve': {
      const count = passed[author] ?? 0
      passed[author] = count + 1
      return count < QUICK_PACKETS * 10
    }
    case 'half':
      return author % 2 === 0
    default:
      return true
  }
}

export function announcedMark({ hostile, world }: HostileNode, mark: number): number {
  const { hostility } = world.options
  if (hostile && hostility === 'high') return mark + TOO_HIGH
  return hostile && hostility === 'low' ? 1 : mark
}

/** A packet has come over the link: `prune` asks for no more of its author. */
export function onHostilePacket(node: HostileNode, slot: number, packet: number): void {
  if (node.world.options.hostility === 'prune') node.sendPrune(slot, authorOf(packet))
}

/** When a hostile node next does something by itself; infinity: never. */
export function hostileEveryMs(node: HostileNode): number {
  return node.world.options.hostility === 'graft' ? GRAFT_EVERY_MS : Number.POSITIVE_INFINITY
}

/** Asks everybody for all of an author. */
export function graftAll(node: HostileNode): void {
  const author = below(node.world.sim.random, node.world.speakers.length)
  node.links.forEach((link, slot) => {
    if (link !== 0) node.sendGraft(slot, author, [{ from: 1, to: MAX_SEQ }])
  })
}
