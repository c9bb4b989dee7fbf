import { FloodnetError } from '@floodnet/core'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Message, NetworkEvent } from '../../src/api.ts'
import { eventObject, messageObject } from '../../src/commands/event-lines.ts'
import { eventText } from '../../src/telemetry/event-text.ts'

const NOW = new Date('2026-01-02T03:04:05.678Z')
const CAME = { hops: 1, time: NOW.toISOString() }

const test = suite('event lines')

const ID = 'ab'.repeat(32)
const ADDRESS = '127.0.0.1:7'

function messageOf(payload: Uint8Array): Message {
  return { payload, origin: ID, incarnation: 1, seq: 42, index: 0, hops: 1 }
}

/** What programs and people are told, line by line. */
const LINES: readonly (readonly [event: NetworkEvent, json: string | null, text: string | null])[] = [
  [
    { name: 'listening', details: { address: ADDRESS, id: ID } },
    `{"event":"listening","address":"${ADDRESS}","id":"${ID}"}`,
    `listening on ${ADDRESS}, id ${ID}`
  ],
  [
    { name: 'peer-up', details: { id: ID, address: ADDRESS, direction: 'dialled' } },
    `{"event":"peer-up","id":"${ID}","address":"${ADDRESS}"}`,
    `peer up abababab at ${ADDRESS} (dialled neighbour)`
  ],
  [
    { name: 'peer-down', details: { id: ID, address: ADDRESS, reason: 'dead' } },
    `{"event":"peer-down","id":"${ID}","reason":"dead"}`,
    `peer down abababab at ${ADDRESS}: dead`
  ],
  [
    { name: 'dial', details: { phase: 'failed', address: ADDRESS, attempt: 2, reason: 'ECONNREFUSED' } },
    `{"event":"dial","phase":"failed","address":"${ADDRESS}","attempt":2,"reason":"ECONNREFUSED"}`,
    `cannot reach ${ADDRESS}: ECONNREFUSED (attempt 2)`
  ],
  [
    { name: 'dial', details: { phase: 'skipped', address: ADDRESS, attempt: 0, reason: 'linked' } },
    `{"event":"dial","phase":"skipped","address":"${ADDRESS}","attempt":0,"reason":"linked"}`,
    `does not dial ${ADDRESS}: linked`
  ],
  [
    { name: 'dial', details: { phase: 'skipped', address: ADDRESS, attempt: 1, reason: 'self' } },
    `{"event":"dial","phase":"skipped","address":"${ADDRESS}","attempt":1,"reason":"self"}`,
    `${ADDRESS} is this node itself, or one that has its key`
  ],
  [
    {
      name: 'mapping',
      details: {
        phase: 'reached',
        protocol: 'upnp',
        gateway: '192.168.1.1',
        address: ADDRESS,
        reason: 'address-differs'
      }
    },
    `{"event":"mapping","phase":"reached","protocol":"upnp","gateway":"192.168.1.1","address":"${ADDRESS}","reason":"address-differs"}`,
    `a neighbour reached this node at ${ADDRESS}`
  ],
  [
    {
      name: 'mapping',
      details: { phase: 'failed', protocol: null, gateway: null, address: null, reason: 'gateway-silent' }
    },
    '{"event":"mapping","phase":"failed","protocol":null,"gateway":null,"address":null,"reason":"gateway-silent"}',
    'no router maps our port: gateway-silent'
  ],
  [
    { name: 'entry', details: { address: ADDRESS, outcome: 'joined', id: ID } },
    `{"event":"entry","address":"${ADDRESS}","outcome":"joined","id":"${ID}"}`,
    null
  ],
  [
    { name: 'entry', details: { address: ADDRESS, outcome: 'passed-on', id: ID, reason: 'answered' } },
    `{"event":"entry","address":"${ADDRESS}","outcome":"passed-on","id":"${ID}","reason":"answered"}`,
    `${ADDRESS} leaves the link to others of its network`
  ],
  [
    { name: 'entry', details: { address: ADDRESS, outcome: 'not-needed', id: ID } },
    `{"event":"entry","address":"${ADDRESS}","outcome":"not-needed","id":"${ID}"}`,
    `${ADDRESS} is there; there are links enough without it`
  ],
  [{ name: 'dial', details: { phase: 'start', address: ADDRESS, attempt: 1 } }, null, null],
  [{ name: 'dial', details: { phase: 'opened', address: ADDRESS, attempt: 1 } }, null, null],
  [
    { name: 'refused', details: { address: ADDRESS, id: null, reason: 'wrong-key', by: 'us' } },
    `{"event":"refused","address":"${ADDRESS}","id":null,"reason":"wrong-key","by":"us"}`,
    `refused ${ADDRESS}: wrong-key`
  ],
  [
    { name: 'refused', details: { address: ADDRESS, id: null, reason: 'wrong-key', by: 'us', count: 7 } },
    `{"event":"refused","address":"${ADDRESS}","id":null,"reason":"wrong-key","by":"us","count":7}`,
    `refused 7 more, ${ADDRESS} the last of them: wrong-key`
  ],
  [
    { name: 'refused', details: { address: ADDRESS, id: ID, reason: 'wrong-network', by: 'peer' } },
    `{"event":"refused","address":"${ADDRESS}","id":"${ID}","reason":"wrong-network","by":"peer"}`,
    `refused by abababab at ${ADDRESS}: wrong-network`
  ],
  [
    { name: 'lagging', details: { peer: ID, lagging: true, dropped: 0 } },
    `{"event":"lagging","peer":"${ID}","lagging":true,"dropped":0}`,
    'peer abababab takes messages too slowly'
  ],
  [
    { name: 'lagging', details: { peer: null, lagging: false, dropped: 9 } },
    '{"event":"lagging","peer":null,"lagging":false,"dropped":9}',
    'this program has caught up; 9 dropped'
  ],
  [
    { name: 'dropped', details: { reason: 'inbox-full', count: 3, peer: null } },
    '{"event":"dropped","reason":"inbox-full","count":3,"peer":null}',
    'dropped 3: inbox-full'
  ],
  [
    { name: 'worker-restart', details: { worker: 0, delayMs: 100, error: new Error('out of memory') } },
    '{"event":"worker-restart","worker":0,"delayMs":100,"message":"out of memory"}',
    'I/O thread 0 ended (out of memory); back in 100 ms'
  ],
  [
    { name: 'error', details: new FloodnetError('ERR_FLOODNET_WORKER', 'it broke') },
    '{"event":"error","code":"ERR_FLOODNET_WORKER","message":"it broke"}',
    'ERR_FLOODNET_WORKER: it broke'
  ],
  [{ name: 'close', details: { reason: 'closed' } }, null, null]
]

for (const [index, [event, json, text]] of LINES.entries()) {
  test(`${event.name} is told to programs and people as written down (${index})`, () => {
    const object = eventObject(event)
    assert.is(object === null ? null : JSON.stringify(object), json)
    assert.is(eventText(event), text)
  })
}

test('a message of text is an object with its text', () => {
  const payload = new TextEncoder().encode('\ufeffGrüße\n"👋"')
  assert.is(
    JSON.stringify(messageObject(messageOf(payload), NOW)),
    `{"event":"message","origin":"${ID}","seq":42,"payload":"\ufeffGrüße\\n\\"👋\\"","hops":1,"time":"2026-01-02T03:04:05.678Z"}`
  )
})

test('a message that is no UTF-8 is an object with base64', () => {
  const whole = new Uint8Array([0x61, 0xff, 0x00, 0x61])
  assert.equal(messageObject(messageOf(whole.subarray(1, 3)), NOW), {
    event: 'message',
    origin: ID,
    seq: 42,
    payloadBase64: '/wA=',
    ...CAME
  })
})

test('an empty message is an empty text', () => {
  assert.equal(messageObject(messageOf(new Uint8Array(0)), NOW), {
    event: 'message',
    origin: ID,
    seq: 42,
    payload: '',
    ...CAME
  })
})

test('text of a peer cannot steer the terminal of people', () => {
  const text = eventText({
    name: 'peer-down',
    details: { id: ID, address: ADDRESS, reason: 'a\u001b[2Jb\nc\u202ed\u009b' }
  })
  assert.is(text, `peer down abababab at ${ADDRESS}: a\\u{1b}[2Jb\\u{a}c\\u{202e}d\\u{9b}`)
})

test.run()
