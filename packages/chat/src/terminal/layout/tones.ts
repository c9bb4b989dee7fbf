// What pieces of the screen mean, and the colour of each meaning. The only place that knows colour numbers. Pure.

/** The meaning of a piece of text; `{ key }`: the name of the one with this key. */
export type Tone =
  | 'plain'
  | 'faint'
  | 'strong'
  | 'notice'
  | 'error'
  | 'join'
  | 'leave'
  | 'mention'
  | 'alarm'
  | 'bar'
  | 'bar-strong'
  | 'bar-news'
  | 'bar-alert'
  | { readonly key: string }

export interface Span {
  readonly text: string
  readonly tone: Tone
  /** Where a click leads, in printable ASCII. */
  readonly link?: string
}

/** One line of the screen. */
export type Row = readonly Span[]

/** Colours that the terminal has; also 0 if the user wants none (NO_COLOR). */
export type ColourDepth = 0 | 16 | 256

/**
 * The colours that a key may get, of xterm's 6x6x6 cube: those with a contrast (WCAG 2.2, 1.4.3) of at least 4 on black
 * and 3 on white, and no greys. More on black, since most terminals are dark.
 */
export const KEY_COLOURS = [
  27, 28, 29, 30, 31, 32, 33, 62, 63, 64, 67, 68, 69, 97, 98, 99, 100, 104, 105, 129, 130, 131, 132, 133, 134, 135, 136,
  137, 161, 162, 163, 164, 165, 166, 167, 168, 169, 170, 171, 196, 197, 198, 199, 200, 201, 202
] as const

/** SGR parameters (ECMA-48) of a tone; empty for none. */
export function sgrOf(tone: Tone, depth: ColourDepth): string {
  if (typeof tone === 'object') return keySgr(tone.key, depth)
  return TONES[tone][depth]
}

const TONES: Record<Exclude<Tone, object>, Record<ColourDepth, string>> = {
  plain: { 0: '', 16: '', 256: '' },
  faint: { 0: '2', 16: '2', 256: '38;5;244' },
  strong: { 0: '1', 16: '1', 256: '1' },
  notice: { 0: '', 16: '36', 256: '38;5;31' },
  error: { 0: '1', 16: '1;31', 256: '1;38;5;160' },
  join: { 0: '', 16: '32', 256: '38;5;65' },
  leave: { 0: '2', 16: '33', 256: '38;5;95' },
  mention: { 0: '1;7', 16: '1;30;43', 256: '1;38;5;16;48;5;214' },
  alarm: { 0: '1;7', 16: '1;97;41', 256: '1;38;5;231;48;5;160' },
  bar: { 0: '7', 16: '97;44', 256: '38;5;252;48;5;24' },
  'bar-strong': { 0: '1;7', 16: '1;97;44', 256: '1;38;5;231;48;5;24' },
  'bar-news': { 0: '7', 16: '93;44', 256: '38;5;229;48;5;24' },
  'bar-alert': { 0: '1;7', 16: '1;30;43', 256: '1;38;5;16;48;5;214' }
}

// The same key has the same colour on every screen and in every run. Two keys may share a colour.
function keySgr(key: string, depth: ColourDepth): string {
  if (depth === 0) return '1'
  const hash = hashOf(key)
  if (depth === 16) return `1;${31 + (hash % 6)}`
  return `38;5;${KEY_COLOURS[hash % KEY_COLOURS.length]}`
}

/** FNV-1a, 32 bits: spreads keys that differ in one digit. */
export function hashOf(text: string): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193) >>> 0
  return hash
}
