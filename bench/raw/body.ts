// Bytes of a raw frame's body: the same in every frame, since its number is in the header.

export function rawByte(i: number): number {
  return (Math.imul(i, 7) + 3) & 0xff
}
