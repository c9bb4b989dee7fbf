// Messages that tell where they belong: each carries its place in its author's stream and bytes that follow from it.

const PLACE_BYTES = 8

/** What a reader has seen of one author's stream. */
export interface StreamTally {
  received: number
  /** Messages skipped: they had not come when a later one did. */
  missing: number
  /** Messages that came twice or after a later one. */
  disordered: number
  /** Messages with other bytes than their place says. */
  damaged: number
  /** Place that the next message should have. */
  next: number
  /** Messages received in each second since the reader's clock was set. */
  perSecond: number[]
}

export function newTally(): StreamTally {
  return { received: 0, missing: 0, disordered: 0, damaged: 0, next: 0, perSecond: [] }
}

/** Fills `payload` (at least 8 bytes) as the message at `place`. */
export function fillMessage(payload: Uint8Array, place: number): void {
  const view = viewOf(payload)
  view.setUint32(0, place)
  view.setUint32(4, payload.length)
  for (let i = PLACE_BYTES; i < payload.length; i++) payload[i] = byteAt(place, i)
}

export function newMessage(place: number, bytes: number): Uint8Array {
  const payload = new Uint8Array(bytes)
  fillMessage(payload, place)
  return payload
}

/** Notes a message of the stream at time `second`. */
export function noteMessage(tally: StreamTally, payload: Uint8Array, second: number): void {
  const place = placeOf(payload)
  tally.received++
  tally.perSecond[second] = (tally.perSecond[second] ?? 0) + 1
  if (place === null) {
    tally.damaged++
    return
  }
  if (place < tally.next) {
    tally.disordered++
    return
  }
  tally.missing += place - tally.next
  tally.next = place + 1
}

/** The place of an undamaged message, else null. */
export function placeOf(payload: Uint8Array): number | null {
  if (payload.length < PLACE_BYTES) return null
  const view = viewOf(payload)
  const place = view.getUint32(0)
  if (view.getUint32(4) !== payload.length) return null
  for (let i = PLACE_BYTES; i < payload.length; i++) if (payload[i] !== byteAt(place, i)) return null
  return place
}

function byteAt(place: number, i: number): number {
  return (Math.imul(place, 31) + Math.imul(i, 7) + (i >>> 8)) & 0xff
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
