// How people's names appear on the screen: with the start of their key if the name alone proves nothing. Pure.
import { NAME_MARK } from '../../people/trust.ts'
import type { Presence, Trust } from '../../screens/screen.ts'
import { fitText, RIGHT_TO_LEFT, widthOf } from './cells.ts'
import type { Tone } from './tones.ts'

/** Hex digits of the key beside a name: few, since the colour tells keys apart too, and `/whois` shows all. */
const SHOWN_DIGITS = 4

/** A name with what we know about it: a key beside it, a tick if it was verified. */
export function nameWithTrust(from: string, fingerprint: string, trust: Trust): string {
  if (from === '') return namelessOf(fingerprint)
  switch (trust) {
    case 'verified':
      return `${from}✓`
    case 'pinned':
    // The chat has already added which key it is, or which network it comes from.
    case 'changed':
    case 'outside':
      return from
    case 'seen':
    case 'new':
      return nameWithKey(from, fingerprint)
  }
}

export function nameTone(fingerprint: string, trust: Trust, isMention: boolean): Tone {
  if (trust === 'changed') return 'alarm'
  if (isMention) return 'mention'
  return trust === 'outside' ? 'faint' : { key: fingerprint }
}

export function presentName({ name, fingerprint }: Presence): string {
  return name === '' ? namelessOf(fingerprint) : nameWithKey(name, fingerprint)
}

export function nameWithKey(name: string, fingerprint: string): string {
  // The chat may have added it already, and a name made from the key contains it.
  const hasKey = name.endsWith(`${NAME_MARK}${fingerprint}`) || name === namelessOf(fingerprint)
  return hasKey ? name : `${name}·${fingerprint.slice(0, SHOWN_DIGITS)}`
}

/**
 * A name of `nameWithTrust` in `columns`: cut before the part that tells it from others with the same beginning, which
 * stays.
 */
export function fitName(name: string, columns: number): string {
  if (widthOf(name) <= columns) return name
  const mark = MARK.exec(name)?.[0] ?? ''
  const fitted = fitText(mark, Math.ceil((columns * 2) / 3))
  return `${fitText(name.slice(0, name.length - mark.length), columns - widthOf(fitted))}${fitted}`
}

/**
 * A name of `nameWithTrust`. If it is written from right to left, the part that tells it from others is a separate
 * piece, which the name must not move.
 */
export function namePieces(name: string): string[] {
  const mark = RIGHT_TO_LEFT.test(name) ? (MARK.exec(name)?.[0] ?? '') : ''
  return mark === '' ? [name] : [name.slice(0, name.length - mark.length), mark]
}

// The start of a key, also for somebody with another's name; the tick; the network of somebody from outside.
const MARK = /(?:~[0-9a-f]{8}|·[0-9a-f]{4}|✓|@[^@]*)$/

function namelessOf(fingerprint: string): string {
  return `anon-${fingerprint.slice(0, 6)}`
}
