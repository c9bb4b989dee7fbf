// Text from the network for a terminal: what would steer it, or turn the order of the letters, is spelled out instead.

// Control characters but the tab, line separators, and marks that change the direction of writing.
const STEERING = /(?!\t)\p{Cc}|\p{Zl}|\p{Zp}|\p{Bidi_Control}/gu

/** `text` on one line; ESC as `\u{1b}`. */
export function visibleText(text: string): string {
  return text.replace(STEERING, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`)
}
