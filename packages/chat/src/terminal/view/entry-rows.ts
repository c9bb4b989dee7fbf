// An entry as rows: time, person, and the text beside a line, as in weechat; one after the other on a narrow screen.
// Pure.

import { MAX_SHOWN_BYTES } from '../../session/session.ts'
import { cutText, LINE_BREAK_MARK } from '../../text/clean-text.ts'
import { widthOf, wrapText } from '../layout/cells.ts'
import { withLinks } from '../layout/links.ts'
import { fitName, namePieces, nameTone, nameWithKey, nameWithTrust, presentName } from '../layout/names.ts'
import { rowWidth, span } from '../layout/rows.ts'
import { timeOf } from '../layout/time.ts'
import type { Row, Span, Tone } from '../layout/tones.ts'
import { transferText } from '../layout/transfer-text.ts'
import { cleanLines } from '../line/editor.ts'
import { type Comings, type Draft, type Entry, MAX_NAMED } from '../model/entries.ts'

/**
 * Lines of one message shown separately; the rest follow in the last one, with marks between. Two screens (a guess).
 */
export const MAX_TEXT_LINES = 50
/** From this width on, names have a column of their own. */
const WIDE_COLUMNS = 60
/** From this width on the time is shown. */
const TIMED_COLUMNS = 40

/** `previous`: the entry above. */
export function rowsOfEntry(entry: Entry, previous: Entry | undefined, columns: number): Row[] {
  const rows = lay(contentOf(entry), timeOf(entry.at), columns)
  return isFirstOfChanged(entry, previous) ? [...lay(warningOf(entry), timeOf(entry.at), columns), ...rows] : rows
}

/** The same without columns and unbroken: a line for each line of the text. */
export function plainLinesOf(entry: Entry): string[] {
  const { who, text, note } = contentOf(entry)
  const colon = MARK_ALONE.test(who.text) ? ' ' : ': '
  const [first = '', ...further] = linesOf(text)
  const lines = [`${timeOf(entry.at)} ${who.text}${colon}${first}`, ...further]
  return note === undefined ? lines : [...lines.slice(0, -1), `${lines.at(-1)} ${note.text}`]
}

interface Content {
  /** The person, or a mark for the kind of line. */
  readonly who: Span
  readonly text: string
  readonly tone: Tone
  /** A remark after the text. */
  readonly note?: Span
}

function contentOf(entry: Draft): Content {
  switch (entry.kind) {
    case 'spoken': {
      const { from, fingerprint, trust, text, mention, direct, sealed } = entry.spoken
      const who = span(nameWithTrust(from, fingerprint, trust), nameTone(fingerprint, trust, mention && !direct))
      return { who, text, tone: 'plain', ...(direct && !sealed && { note: span('not private', 'error') }) }
    }
    case 'said':
      return { who: span(entry.said.from, 'strong'), text: entry.said.text, tone: 'plain', ...noteOf(entry) }
    case 'comings':
      return { who: comingsMark(entry), text: comingsText(entry), tone: 'faint' }
    case 'renamed': {
      const { previous = '', name, fingerprint } = entry.presence
      return { who: span('--', 'notice'), text: `${previous} is now ${nameWithKey(name, fingerprint)}`, tone: 'faint' }
    }
    case 'transfer':
      return { who: span('==', 'notice'), text: transferText(entry.transfer), tone: 'plain' }
    case 'suppressed': {
      const name = nameWithTrust(entry.from, entry.fingerprint, 'new')
      return { who: span('--', 'notice'), text: `${entry.count} messages from ${name} suppressed`, tone: 'notice' }
    }
    case 'skipped':
      return { who: span('~~', 'notice'), text: skippedText(entry.count), tone: 'notice' }
    case 'notice':
      return { who: span('--', 'notice'), text: entry.text, tone: 'plain' }
    case 'error':
      return { who: span('=!=', 'error'), text: entry.text, tone: 'error' }
  }
}

function skippedText(count: number): string {
  return `${count} ${count === 1 ? 'message' : 'messages'} skipped: they came faster than anyone reads`
}

function noteOf({ said: { state, to } }: Extract<Draft, { kind: 'said' }>): { note?: Span } {
  if (state === 'read') return { note: span('✓ read', 'join') }
  if (state === 'nobody') return { note: span(`✗ not said: nobody called ${to} is here`, 'error') }
  return {}
}

function comingsMark({ joined, left }: Comings): Span {
  if (left === 0) return span('-->', 'join')
  return joined === 0 ? span('<--', 'leave') : span('<->', 'notice')
}

// By name if they are few and each did only one thing; otherwise by number.
function comingsText({ joined, left, people }: Comings): string {
  const byName = joined + left <= MAX_NAMED && people.length === joined + left
  const who = (change: string, count: number) =>
    byName
      ? people
          .filter((one) => one.change === change)
          .map(presentName)
          .join(', ')
      : `${count}`
  const came = joined > 0 ? `${who('joined', joined)} joined` : ''
  const went = left > 0 ? `${who('left', left)} left` : ''
  return [came, went].filter((part) => part !== '').join(', ')
}

function isFirstOfChanged(entry: Entry, previous: Entry | undefined): entry is Extract<Entry, { kind: 'spoken' }> {
  if (entry.kind !== 'spoken' || entry.spoken.trust !== 'changed') return false
  return previous?.kind !== 'spoken' || previous.spoken.fingerprint !== entry.spoken.fingerprint
}

function warningOf({ spoken: { from, fingerprint } }: Extract<Entry, { kind: 'spoken' }>): Content {
  const [name] = from.split('~')
  const text = `NOT the ${name} you know: another key (${fingerprint})`
  return { who: span('=!=', 'alarm'), text, tone: 'alarm' }
}

function lay(content: Content, time: string, columns: number): Row[] {
  const start = columns >= TIMED_COLUMNS ? [span(`${time} `, 'faint')] : []
  return columns >= WIDE_COLUMNS ? layInColumns(content, start, columns) : layInline(content, start, columns)
}

function layInColumns({ who, text, tone, note }: Content, start: Row, columns: number): Row[] {
  const room = columns < 80 ? 14 : columns < 110 ? 18 : 22
  const name = fitName(who.text, room)
  const pad = span(' '.repeat(room - widthOf(name)))
  const line = span(' │ ', 'faint')
  const first = [...start, pad, ...namePieces(name).map((part) => ({ text: part, tone: who.tone })), line]
  const further = [span(' '.repeat(room + widthOf(start[0]?.text ?? ''))), line]
  const width = columns - room - 3 - widthOf(start[0]?.text ?? '')
  return bodyRows(text, tone, note, width).map((body, index) => [...(index === 0 ? first : further), ...body])
}

// Further rows are indented, so that no text can look like the beginning of another entry.
function layInline({ who, text, tone, note }: Content, start: Row, columns: number): Row[] {
  const name = fitName(who.text, Math.max(4, Math.floor(columns / 2)))
  const colon = MARK_ALONE.test(who.text) ? ' ' : ': '
  const first = [...start, ...namePieces(name).map((part) => ({ text: part, tone: who.tone })), span(colon)]
  const set = Math.min(2, Math.max(0, columns - 2))
  const used = first.reduce((sum, part) => sum + widthOf(part.text), 0)
  const lead = '\u00A0'.repeat(Math.max(0, used - set))
  const rows = bodyRows(`${lead}${text}`, tone, note, Math.max(1, columns - set))
  return rows.map((body, index) =>
    index === 0 ? [...first, ...withoutLead(body, lead)] : [span(' '.repeat(set)), ...body]
  )
}

const MARK_ALONE = /^[-=<~!>]+$/

function withoutLead([head, ...others]: Row, lead: string): Row {
  return head === undefined ? [] : [{ ...head, text: head.text.slice(lead.length) }, ...others]
}

function bodyRows(text: string, tone: Tone, note: Span | undefined, columns: number): Row[] {
  const rows = linesOf(text).flatMap((line) =>
    withLinks(line, wrapText(line, columns)).map((parts): Row => parts.map((part) => ({ ...part, tone })))
  )
  if (note === undefined) return rows
  const last = rows.at(-1) ?? []
  if (rowWidth(last) + 1 + widthOf(note.text) <= columns) return [...rows.slice(0, -1), [...last, span(' '), note]]
  return [...rows, ...wrapText(note.text, columns).map((part): Row => [{ text: part, tone: note.tone }])]
}

/** The lines of a text, clean: bounded in bytes and number. */
function linesOf(text: string): string[] {
  const lines = cleanLines(cutText(text, MAX_SHOWN_BYTES).text).replace(/\n+$/, '').split('\n')
  if (lines.length <= MAX_TEXT_LINES) return lines
  return [...lines.slice(0, MAX_TEXT_LINES - 1), lines.slice(MAX_TEXT_LINES - 1).join(LINE_BREAK_MARK)]
}
