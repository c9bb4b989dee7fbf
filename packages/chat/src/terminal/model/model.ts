// The whole state of the full screen, and how an event and a key change it. Pure: time is an argument, and anything
// that must happen outside is returned as effects. view.ts shows the state.
import type {
  Completer,
  ConversationKey,
  ScreenEvent,
  Spoken,
  Status,
  Transfer,
  TypedLine
} from '../../screens/screen.ts'
import { type Input, newInput } from '../line/input.ts'
import {
  add,
  bringToFront,
  type Conversation,
  type Conversations,
  clear,
  close,
  newConversations,
  noteNews,
  open
} from './conversations.ts'
import { type Draft, draftOf, isNews } from './entries.ts'
import { pointerToNews, pointerToOwn } from './pointers.ts'

export interface Size {
  readonly columns: number
  readonly rows: number
}

/** Between two alerts while the user does not look: the terminal rings no more often, whoever writes. A guess. */
export const ALERT_GAP_MS = 2_000

export interface Model {
  size: Size
  readonly conversations: Conversations
  readonly input: Input
  /** Stands before the line being typed. */
  prompt: string
  completer: Completer
  /** What the bare view shows while it is in front: nothing in it moves, so that you can select it. */
  bare: readonly string[] | null
  /** Whether the user has been told what Ctrl+C does to a line. */
  toldOfClearing: boolean
  /** Whether the user has been told where to find what is meant for them. */
  toldOfNews: boolean
  status: Status | null
  /** Whether the user looks at the terminal, as far as it says. */
  focused: boolean
  /** On the screen's clock; the user has not looked, or has looked away, since. */
  alertedAt: number
}

export type Effect =
  | { readonly kind: 'line'; readonly line: TypedLine }
  /** Somebody means the user: ring and notify, if wanted. */
  | { readonly kind: 'alert'; readonly from: string; readonly text: string }
  | { readonly kind: 'leave' }
  | { readonly kind: 'suspend' }
  | { readonly kind: 'redraw' }

/** The present time: ms since the epoch, and ms of a clock that never jumps. */
export interface Now {
  readonly at: number
  readonly ms: number
}

export function newModel(size: Size): Model {
  return {
    size,
    conversations: newConversations(),
    input: newInput(),
    prompt: '',
    completer: () => ({ from: 0, candidates: [] }),
    bare: null,
    toldOfClearing: false,
    toldOfNews: false,
    status: null,
    focused: true,
    alertedAt: Number.NEGATIVE_INFINITY
  }
}

export function onEvent(model: Model, event: ScreenEvent, now: Now): Effect[] {
  if (event.kind === 'status') model.status = event
  if (event.kind === 'conversation') onConversation(model, event, now)
  const draft = draftOf(event)
  if (draft === null) return []
  for (const conversation of placesOf(model, event, now)) show(model, conversation, event, draft, now)
  point(model, event, now)
  return alertsOf(model, event, now)
}

function onConversation(
  { conversations }: Model,
  { key, title, change }: Extract<ScreenEvent, { kind: 'conversation' }>,
  now: Now
): void {
  if (change === 'closed') return close(conversations, key)
  if (change === 'cleared') return clear(conversations, key)
  const conversation = open(conversations, key, title, now.ms)
  if (change === 'current') bringToFront(conversations, conversation)
}

/** Where to show an event. What belongs to no conversation is shown where the user looks. */
function placesOf({ conversations }: Model, event: ScreenEvent, now: Now): Conversation[] {
  switch (event.kind) {
    case 'said':
      // Where the user looks: there is no conversation with nobody, and the user must not miss that the words were not
      // said.
      if (event.state === 'nobody') return [conversations.current]
      // A receipt is for what is on the screen; it opens nothing that the user has closed.
      if (event.state === 'read') return conversations.list.filter(({ key }) => key === event.conversation)
      return [open(conversations, event.conversation, event.title, now.ms)]
    case 'message':
    case 'transfer':
      return [open(conversations, event.conversation, event.title, now.ms)]
    case 'presence':
      return conversations.list.filter(({ key }) => key === '' || isAmong(peopleOf(key), event.fingerprint))
    default:
      return [conversations.current]
  }
}

function show({ conversations }: Model, to: Conversation, event: ScreenEvent, draft: Draft, now: Now): void {
  if (mayBeUpdate(event) && anyTakes(conversations, draft)) {
    if (event.kind === 'transfer' && isNews(draft)) noteNews(conversations, to, false)
    return
  }
  if (event.kind === 'said' && event.state === 'read') return
  const at = 'at' in event ? event.at : now.at
  add(conversations, to, draft, { at, now: now.ms, mention: isForUser(event) })
}

// The user's own actions each time, and news of others once: the tabs show those as well.
function point(model: Model, event: ScreenEvent, now: Now): void {
  const { conversations } = model
  const news = isForUser(event) && !model.toldOfNews ? pointerToNews(conversations, event) : null
  if (news !== null) model.toldOfNews = true
  const text = pointerToOwn(conversations, event) ?? news
  if (text === null) return
  add(conversations, conversations.current, { kind: 'notice', text }, { at: now.at, now: now.ms, mention: false })
}

function mayBeUpdate(event: ScreenEvent): boolean {
  return event.kind === 'transfer' || (event.kind === 'said' && event.state !== 'sent')
}

function anyTakes({ list }: Conversations, draft: Draft): boolean {
  return list.some(({ scrollback }) => scrollback.update(draft))
}

/** The keys in the name of a direct conversation: they have more digits than a fingerprint. */
function peopleOf(key: ConversationKey): string[] {
  return key.startsWith('@') ? key.slice(1).split(',') : []
}

function isAmong(people: readonly string[], fingerprint: string): boolean {
  return people.some((person) => person.startsWith(fingerprint))
}

function isForUser(event: ScreenEvent): event is Spoken | Transfer {
  if (event.kind === 'transfer') return event.state === 'offered' && event.direction === 'in'
  return event.kind === 'message' && (event.mention || event.direct)
}

// Not for what the user sees happen.
function alertsOf(model: Model, event: ScreenEvent, now: Now): Effect[] {
  if (!isForUser(event)) return []
  if (model.focused && event.conversation === model.conversations.current.key) return []
  if (now.ms < model.alertedAt + ALERT_GAP_MS) return []
  model.alertedAt = now.ms
  const text = event.kind === 'message' ? event.text : `offers a file: ${event.file}`
  return [{ kind: 'alert', from: event.from, text }]
}
