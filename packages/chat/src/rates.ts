// What a room accepts from one author and from one neighbour. People type a line a second; the rest is room for pasted
// pages, files (fragments of 64 KiB) and feeds. Nodes do not pass on packets beyond it, so nobody can drown the room.
import type { NetworkLimits } from '@floodnet/transport'

/**
 * Guesses: at least ten times what one person causes; a neighbour passes on what many people write. A burst of one
 * author's messages fits into a reader's queue beside those of others.
 */
export const ROOM_RATES = {
  maxOriginPacketsPerSecond: 200,
  maxOriginBytesPerSecond: 8 * 1_048_576,
  maxOriginMessagesPerSecond: 800,
  maxNeighbourPacketsPerSecond: 4_000,
  maxNeighbourBytesPerSecond: 64 * 1_048_576,
  maxNeighbourMessagesPerSecond: 8_000,
  maxNeighbourOriginsPerSecond: 100,
  rateBurstMs: 10_000
} as const satisfies Partial<NetworkLimits>
