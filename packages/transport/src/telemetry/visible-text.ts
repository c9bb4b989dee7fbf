// Makes text from the network safe for a terminal: it spells out whatever would control the terminal or change the
// order of the letters.

// Control characters except the tab, line separators, and marks that change the direction of writing.
const STEERING = /(?!\t)\p{Cc}|\p{Zl}|\p{Zp}|\p{Bidi_Control}/gu

/** `text` on one line; ESC as `\u{1b}`. */
export function visibleText(text: string): string {
  return text.replace(STEERING, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`)
}
