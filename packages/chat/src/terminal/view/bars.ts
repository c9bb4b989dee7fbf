// The bar above the conversation (what it is) and the one below (what else there is, and how the network is doing).
// Pure.
import type { Status } from '../../screens/screen.ts'
import { fitText } from '../layout/cells.ts'
import { fitRow, rowWidth, span, spread } from '../layout/rows.ts'
import type { Row, Span } from '../layout/tones.ts'
import type { Completion } from '../line/input.ts'
import type { Conversation } from '../model/conversations.ts'
import { nameOf } from '../model/conversations.ts'
import type { Model } from '../model/model.ts'
import { entriesBelow } from './log-rows.ts'

export function titleRow({ conversations: { current }, size }: Model): Row {
  const name = span(` ${nameOf(current)} `, 'bar-strong')
  return spread([name, span(` ${whoReads(current)}`, 'bar')], [span(' /help · F1 keys ', 'bar')], size.columns, 'bar')
}

export function statusRow(model: Model): Row {
  const { columns } = model.size
  const figures = figuresOf(model.status, Math.floor(columns / 2))
  const more = moreBelow(model)
  const room = columns - rowWidth(figures) - rowWidth(more)
  return spread(tabsOf(model, room), [...more, ...figures], columns, 'bar')
}

/** The candidates of Tab, the chosen one marked, scrolled so that it is visible. */
export function candidatesRow({ candidates, chosen }: Completion, columns: number): Row {
  const labels = candidates.map((text, index) => span(` ${text.trim()} `, index === chosen ? 'bar-strong' : 'faint'))
  let first = 0
  while (first < chosen && rowWidth(labels.slice(first, chosen + 1)) > columns) first++
  return fitRow(labels.slice(first), columns)
}

function whoReads({ key }: Conversation): string {
  if (key === '') return 'every node of the network reads this'
  return key.startsWith('#') ? 'sent to every node, shown to the members' : 'sealed: nobody else can read it'
}

function moreBelow({ conversations: { current } }: Model): Row {
  const below = entriesBelow(current, current.bottom)
  return current.bottom === null ? [] : [span(` ${below} more below: PgDn `, 'bar-alert')]
}

// All of them if they fit. Otherwise the one in front, then those with news, then as many others as fit, and the number
// of those that are not shown.
function tabsOf({ conversations: { list, current } }: Model, room: number): Row {
  const tabs = list.map((conversation, index) => ({
    conversation,
    spans: tabOf(conversation, index, conversation === current)
  }))
  const kept = new Set(tabs)
  const byWeight = tabs
    .slice()
    .reverse()
    .sort((one, other) => weightOf(one.conversation, current) - weightOf(other.conversation, current))
  const rowOf = () => [
    ...tabs.filter((tab) => kept.has(tab)).flatMap(({ spans }) => spans),
    ...hiddenMark(tabs.filter((tab) => !kept.has(tab)))
  ]
  for (const least of byWeight) {
    if (rowWidth(rowOf()) <= room || kept.size === 1) break
    kept.delete(least)
  }
  return rowOf()
}

// Of two with the same weight, the first stays.
function weightOf(conversation: Conversation, current: Conversation): number {
  if (conversation === current) return 3
  return conversation.mentions > 0 ? 2 : Math.sign(conversation.unread)
}

function hiddenMark(hidden: readonly { conversation: Conversation }[]): Row {
  if (hidden.length === 0) return []
  const isMeant = hidden.some(({ conversation }) => conversation.mentions > 0)
  const isNew = hidden.some(({ conversation }) => conversation.unread > 0)
  return [span(` +${hidden.length}${isMeant ? '!' : ''} `, isMeant ? 'bar-alert' : isNew ? 'bar-news' : 'bar')]
}

/** Number, name and what is unread; an exclamation mark if somebody names this user. */
function tabOf(conversation: Conversation, index: number, isCurrent: boolean): Span[] {
  const { unread, mentions } = conversation
  const label = ` ${index + 1} ${fitText(span(nameOf(conversation)).text, MAX_TAB_NAME)}`
  if (isCurrent) return [span(`${label} `, 'bar-strong')]
  if (mentions > 0) return [span(`${label} ${unread}! `, 'bar-alert')]
  return [span(unread > 0 ? `${label} ${unread} ` : `${label} `, unread > 0 ? 'bar-news' : 'bar')]
}

const MAX_TAB_NAME = 16

/** As many as fit into `columns`, the more important first. */
function figuresOf(status: Status | null, columns: number): Row {
  if (status === null) return []
  const { peers, roomSize, messagesPerSecond, rttMs, dropped } = status
  const figures = [
    `${peers} ${peers === 1 ? 'peer' : 'peers'}`,
    `${roomSize} here`,
    `${rounded(messagesPerSecond)}/s`,
    rttMs === null ? '' : `${rounded(rttMs)} ms`,
    `${dropped} lost`
  ].filter((text) => text !== '')
  const fits = (count: number) => rowWidth([span(` ${figures.slice(0, count).join(' · ')} `)]) <= columns
  while (figures.length > 0 && !fits(figures.length)) figures.pop()
  if (figures.length === 0) return []
  const text = ` ${figures.join(' · ')} `
  return [span(text, dropped > 0 && text.includes('lost') ? 'bar-news' : 'bar')]
}

function rounded(value: number): string {
  return value < 10 && !Number.isInteger(value) ? value.toFixed(1) : `${Math.round(value)}`
}
