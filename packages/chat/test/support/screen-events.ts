// Events for the screens: ordinary ones, and those of an attacker.
import fc from 'fast-check'
import type { Presence, Said, ScreenEvent, Spoken, Status, Transfer, Trust } from '../../src/screens/screen.ts'
import { hostileText } from './hostile-text.ts'

export const NOON = new Date(2026, 10, 21, 12, 0, 0).getTime()

export function spoken(text: string, details: Partial<Spoken> = {}): Spoken {
  return {
    kind: 'message',
    from: 'alice',
    fingerprint: 'a11ce000',
    text,
    direct: false,
    to: null,
    sealed: false,
    conversation: '',
    title: '',
    trust: 'pinned',
    at: NOON,
    mention: false,
    id: text,
    ...details
  }
}

export function said(text: string, details: Partial<Said> = {}): Said {
  return {
    kind: 'said',
    from: 'bob',
    text,
    to: null,
    conversation: '',
    title: '',
    at: NOON,
    id: text,
    state: 'sent',
    ...details
  }
}

export function presence(name: string, change: Presence['change'], details: Partial<Presence> = {}): Presence {
  return { kind: 'presence', name, fingerprint: `${name}-key`, change, at: NOON, ...details }
}

const text = fc.oneof(
  hostileText,
  fc.string({ unit: 'grapheme' }),
  fc.constantFrom('漢字'.repeat(50), 'ᄀ'.repeat(30), '👨‍👩‍👧 🇩🇪 1️⃣ ❤️ 👋🏽')
)
const at = fc.oneof(fc.constant(NOON), fc.integer({ min: 0, max: 2 ** 42 }), fc.double())
const keys = fc.constantFrom('', '#room', '@abababab', '@12345678,abababab')
const trust = fc.constantFrom('pinned', 'verified', 'seen', 'new', 'changed', 'outside') as fc.Arbitrary<
  Spoken['trust']
>
const bytes = fc.oneof(fc.nat(), fc.double())

const anySpoken: fc.Arbitrary<Spoken> = fc.record({
  kind: fc.constant('message' as const),
  from: text,
  fingerprint: text,
  text,
  direct: fc.boolean(),
  to: fc.option(text),
  sealed: fc.boolean(),
  conversation: keys,
  title: text,
  trust,
  at,
  mention: fc.boolean(),
  id: text
})

const anySaid: fc.Arbitrary<Said> = fc.record({
  kind: fc.constant('said' as const),
  from: text,
  text,
  to: fc.option(text),
  conversation: keys,
  title: text,
  at,
  id: fc.constantFrom('1', '2'),
  state: fc.constantFrom('sent', 'read', 'nobody') as fc.Arbitrary<Said['state']>
})

const anyPresence: fc.Arbitrary<Presence> = fc.record({
  kind: fc.constant('presence' as const),
  name: text,
  fingerprint: fc.oneof(text, fc.constant('abababab')),
  change: fc.constantFrom('joined', 'left', 'renamed') as fc.Arbitrary<Presence['change']>,
  previous: text,
  at
})

const anyStatus: fc.Arbitrary<Status> = fc.record({
  kind: fc.constant('status' as const),
  peers: fc.nat(),
  roomSize: fc.nat(),
  name: text,
  people: fc.array(
    fc.record({
      name: text,
      fingerprint: fc.constant('a11ce000'),
      trust: fc.constantFrom('new', 'changed', 'pinned') as fc.Arbitrary<Trust>
    })
  ),
  messagesPerSecond: fc.double(),
  rttMs: fc.option(fc.double()),
  dropped: fc.nat()
})

const anyTransfer: fc.Arbitrary<Transfer> = fc.record({
  kind: fc.constant('transfer' as const),
  id: fc.constantFrom('1', '2'),
  file: text,
  from: text,
  direction: fc.constantFrom('in', 'out') as fc.Arbitrary<Transfer['direction']>,
  bytes,
  totalBytes: bytes,
  state: fc.constantFrom('offered', 'running', 'done', 'failed', 'cancelled') as fc.Arbitrary<Transfer['state']>,
  conversation: keys,
  title: text,
  reason: text
})

/** Any event, as hostile as its types allow. */
export const anyEvent: fc.Arbitrary<ScreenEvent> = fc.oneof(
  anySpoken,
  anySaid,
  anyPresence,
  anyStatus,
  anyTransfer,
  fc.record({
    kind: fc.constant('conversation' as const),
    key: keys,
    title: text,
    change: fc.constantFrom('opened', 'closed', 'current', 'cleared') as fc.Arbitrary<
      'opened' | 'closed' | 'current' | 'cleared'
    >
  }),
  fc.record({ kind: fc.constant('suppressed' as const), from: text, fingerprint: text, count: fc.nat() }),
  fc.record({ kind: fc.constant('notice' as const), text }),
  fc.record({ kind: fc.constant('error' as const), code: text, message: text }),
  fc.record({ kind: fc.constant('listening' as const), address: fc.option(text), id: text })
)
