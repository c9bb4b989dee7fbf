// Messages that tell where they belong: the writer's number and the place in its stream in every message, and bytes
// that follow from the place. Cheap to make and to check, or the benchmark would measure itself.

/** Writer 4, place 4, time of writing 8 (ns as a double; 0 when nobody asks). */
export const HEAD_BYTES = 16
/** Messages whose place is equal modulo this have equal bytes after the head. */
export const PATTERNS = 64

export function patternByte(place: number, i: number): number {
  return (Math.imul(place % PATTERNS, 31) + Math.imul(i, 7) + (i >>> 8)) & 0xff
}

/** A message of a writer that `stamp` completes: one for each pattern, made once. */
export interface Blank {
  readonly payload: Uint8Array
  readonly view: DataView
}

export function blankOf(writer: number, pattern: number, bytes: number): Blank {
  const payload = new Uint8Array(bytes)
  for (let i = HEAD_BYTES; i < bytes; i++) payload[i] = patternByte(pattern, i)
  const view = new DataView(payload.buffer)
  view.setUint32(0, writer)
  return { payload, view }
}

export function writerOf(payload: Uint8Array): number {
  return payload[0]! * 0x1000000 + ((payload[1]! << 16) | (payload[2]! << 8) | payload[3]!)
}

export function placeOf(payload: Uint8Array): number {
  return payload[4]! * 0x1000000 + ((payload[5]! << 16) | (payload[6]! << 8) | payload[7]!)
}

export function isWhole(payload: Uint8Array, place: number): boolean {
  for (let i = HEAD_BYTES; i < payload.length; i++) if (payload[i] !== patternByte(place, i)) return false
  return true
}
