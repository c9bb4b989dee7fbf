// Why a frame was refused. A fault is a value: the link that brought the frame closes with this reason, and nothing
// else changes.

export const FRAME_FAULTS = [
  'frame-too-short',
  'frame-too-large',
  'unknown-type',
  'unknown-flags',
  'malformed-frame',
  'unsigned-frame',
  'bad-signature',
  'data-before-join',
  'hello-expected',
  'hello-repeated',
  'weak-key',
  'bad-work'
] as const

/** One of the ways in which a peer can break the protocol. */
export type FrameFault = (typeof FRAME_FAULTS)[number]
