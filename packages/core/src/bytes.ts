// Bytes and their hexadecimal names. Works without Node's Buffer, so core stays independent of any host.

/** Character codes of the digits. */
const DIGITS = Uint8Array.from('0123456789abcdef', (digit) => digit.charCodeAt(0))

/** `bytes[start, end)` as lower-case hexadecimal digits; meant for some thousand bytes at most. */
export function toHex(bytes: Uint8Array, start = 0, end = bytes.length): string {
  const codes: number[] = []
  for (let i = start; i < end; i++) codes.push(DIGITS[bytes[i]! >>> 4]!, DIGITS[bytes[i]! & 15]!)
  // In one piece: a name put together pair by pair would keep a chain of 30 strings alive, ten times as large.
  return String.fromCharCode(...codes)
}

/** The bytes that an even number of hexadecimal digits names, or null if `text` is not that. */
export function fromHex(text: string): Uint8Array | null {
  if (text.length % 2 !== 0 || !/^[0-9a-f]*$/i.test(text)) return null
  const bytes = new Uint8Array(text.length / 2)
  for (let i = 0; i < bytes.length; i++) bytes[i] = Number.parseInt(text.slice(2 * i, 2 * i + 2), 16)
  return bytes
}

/** `bytes[start, end)` in memory of its own. `slice` of a Buffer would be a view of the same bytes. */
export function copyBytes(bytes: Uint8Array, start = 0, end = bytes.length): Uint8Array {
  const copy = new Uint8Array(end - start)
  copy.set(bytes.subarray(start, end))
  return copy
}

/** One copy of all parts, in order. */
export function concatBytes(parts: readonly Uint8Array[], totalBytes: number): Uint8Array {
  const whole = new Uint8Array(totalBytes)
  let offset = 0
  for (const part of parts) {
    whole.set(part, offset)
    offset += part.length
  }
  return whole
}
