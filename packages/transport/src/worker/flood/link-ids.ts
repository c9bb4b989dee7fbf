// The numbers of links inside a node. Positive numbers lead to peers; negative ones to the program, a sibling worker or
// nowhere.
import { NO_LINK } from '@floodnet/core'

export const PROGRAM_LINK = -1
/** The source of stems that end here: it is no link, so the flood goes to all links. */
export const STEM_LINK_ID = NO_LINK

const FIRST_SIBLING = -2
/** Below the siblings, of which there are few, and below STEM_LINK_ID. */
const FIRST_PACKET_LINK = -2_000

/** The link to the worker of this index. */
export function siblingLink(worker: number): number {
  return FIRST_SIBLING - worker
}

/** The link to the program's packet link of this index. */
export function packetLink(index: number): number {
  return FIRST_PACKET_LINK - index
}

export function isPacketLink(link: number): boolean {
  return link <= FIRST_PACKET_LINK
}

/** The index of the worker behind a sibling's link. */
export function siblingOf(link: number): number {
  return FIRST_SIBLING - link
}
