// JSON, byte for byte as Go's encoding/json writes it: it escapes what has a meaning in HTML.

export function asGoWrites(value: string | Readonly<Record<string, string>>): string {
  return escaped(JSON.stringify(value), /[<>&\u2028\u2029]/g)
}

/** The same for a text in which U+FFFD stands for bytes that are not text, which Go escapes. */
export function asGoWritesBytes(value: Readonly<Record<string, string>>): string {
  return escaped(asGoWrites(value), /\ufffd/g)
}

function escaped(json: string, pattern: RegExp): string {
  return json.replace(pattern, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
