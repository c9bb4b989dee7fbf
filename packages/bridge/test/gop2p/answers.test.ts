// What requests mean, as computed: who may claim which address, whom we may be made to dial, and any requests in any
// order.
import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { GOP2P_LIMITS } from '../../src/gop2p/limits.ts'
import { onRequest, type Request } from '../../src/gop2p/membership/answers.ts'
import { mayDial, resolveClaim } from '../../src/gop2p/membership/claims.ts'
import { admit, createMembership, listPeers, type Membership, noteFailure } from '../../src/gop2p/membership/members.ts'
import { beginWalk, onListed } from '../../src/gop2p/membership/requests.ts'
import { decodeMembers } from '../../src/gop2p/wire/message.ts'
import { formatPeer, hostOf, isHere, isSamePeer, makePeer, type Peer } from '../../src/gop2p/wire/peer.ts'

const seed = Number(process.env.FLOODNET_SEED ?? 1)
const own = new Set(['127.0.0.1', '::1', '10.0.0.5'])

const CLAIMS: [claim: string, remote: string, becomes: string | null][] = [
  ['0.0.0.0', '127.0.0.1', '0.0.0.0'],
  ['localhost', '::1', 'localhost'],
  ['127.0.0.1', '127.0.0.1', '127.0.0.1'],
  ['10.0.0.5', '127.0.0.1', '10.0.0.5'],
  ['0.0.0.0', '10.0.0.5', '0.0.0.0'],
  ['10.0.0.7', '10.0.0.7', '10.0.0.7'],
  ['10.0.0.7', '::ffff:10.0.0.7', '10.0.0.7'],
  ['::ffff:a00:7', '10.0.0.7', '10.0.0.7'],
  ['2001:db8::1', '2001:db8:0::1', '[2001:db8::1]'],
  // A node that calls itself 0.0.0.0 is where it speaks from.
  ['0.0.0.0', '10.0.0.7', '10.0.0.7'],
  ['::', '2001:db8::1', '[2001:db8::1]'],
  ['10.0.0.8', '10.0.0.7', null],
  ['127.0.0.1', '10.0.0.7', null],
  ['::ffff:7f00:1', '10.0.0.7', null],
  ['localhost', '10.0.0.7', null],
  ['10.0.0.7', '127.0.0.1', null],
  ['node.example', '10.0.0.7', null],
  ['node.example', '127.0.0.1', null]
]

for (const [claim, remote, becomes] of CLAIMS) {
  test(`${claim} said from ${remote} ${becomes === null ? 'is not believed' : `is ${becomes}`}`, () => {
    assert.is(resolveClaim(peer(claim), remote, own)?.address ?? null, becomes)
  })
}

const DIALS: [listed: string, teller: string, may: boolean][] = [
  ['0.0.0.0', '127.0.0.1', true],
  ['10.0.0.7', '127.0.0.1', true],
  ['192.168.1.2', '10.0.0.7', true],
  ['93.184.216.34', '10.0.0.7', true],
  ['127.0.0.1', '10.0.0.7', false],
  ['localhost', '10.0.0.7', false],
  ['0.0.0.0', '10.0.0.7', false],
  ['::ffff:7f00:1', '10.0.0.7', false],
  ['169.254.169.254', '10.0.0.7', false],
  ['10.0.0.7', '93.184.216.34', false],
  ['fd00::1', '93.184.216.34', false],
  ['93.184.216.34', '8.8.8.8', true],
  ['224.0.0.1', '127.0.0.1', false],
  ['255.255.255.255', '127.0.0.1', false],
  ['node.example', '127.0.0.1', false]
]

for (const [listed, teller, may] of DIALS) {
  test(`${listed} listed by ${teller} is ${may ? 'dialled' : 'never dialled'}`, () => {
    assert.is(mayDial(peer(listed), teller), may)
  })
}

test('an entry dialled by name is known by the address at which it was reached', () => {
  const state = createMembership(peer('10.0.0.5'), GOP2P_LIMITS)
  admit(state, peer('node.example'), { host: '10.0.0.7', now: 0 })
  for (const address of ['10.0.0.7', 'node.example', '0.0.0.0']) {
    assert.is(onRequest(state, broadcastOf(address, '10.0.0.7'), { now: 1, own }).answer.status, 200, address)
  }
  assert.is(onRequest(state, broadcastOf('node.example', '10.0.0.8'), { now: 1, own }).answer.status, 403)
  assert.is(state.members.size, 1)
})

test('a thousand listed peers are no more than the limit, and nobody is asked twice', () => {
  const state = createMembership(peer('127.0.0.1', 1), { ...GOP2P_LIMITS, maxMembers: 10 })
  const walk = beginWalk(state.self, peer('127.0.0.1', 2))
  const list = Array.from({ length: 1_000 }, (_, index) => peer('127.0.0.1', (index % 900) + 1))
  const asked = [...onListed(walk, state, list, '127.0.0.1'), ...onListed(walk, state, list, '127.0.0.1')]
  assert.ok(asked.length <= 10)
  assert.is(new Set(asked.map(formatPeer)).size, asked.length)
  assert.not.ok(asked.some((one) => isSamePeer(one, state.self)))
})

test('those taken for dead are remembered up to the limit', () => {
  const state = createMembership(peer('127.0.0.1', 1), { ...GOP2P_LIMITS, maxMembers: 3, maxFailures: 1 })
  for (let port = 100; port < 120; port++) {
    admit(state, peer('127.0.0.1', port), { host: '127.0.0.1', now: 0 })
    assert.ok(noteFailure(state, peer('127.0.0.1', port)))
  }
  assert.is(state.members.size, 0)
  assert.is(state.away.size, 3)
})

test('any requests in any order keep the members bounded, honest and without ourselves', () => {
  const hosts = ['0.0.0.0', '127.0.0.1', '10.0.0.7', '10.0.0.8', 'localhost', 'node.example', 'evil host/x']
  const request = fc
    .record({
      type: fc.integer({ min: 0, max: 4 }),
      address: fc.constantFrom(...hosts),
      port: fc.integer({ min: 0, max: 8 }),
      remote: fc.constantFrom('127.0.0.1', '10.0.0.7', '10.0.0.8', '93.184.216.34', 'nonsense'),
      host: fc.constantFrom('x', '127.0.0.1:1'),
      method: fc.constantFrom('POST', 'OPTIONS', 'GET')
    })
    .map(({ type, address, port, remote, host, method }) =>
      requestOf(remote, JSON.stringify({ type, data: null, from: { port, address } }), { host, method })
    )
  const holds = (requests: readonly Request[]): void => {
    const limits = { ...GOP2P_LIMITS, maxMembers: 5, maxMembersPerHost: 2 }
    const state = createMembership(peer('127.0.0.1', 1), limits)
    for (const [now, one] of requests.entries()) holdsFor(state, one, now)
  }
  fc.assert(fc.property(fc.array(request, { maxLength: 30 }), holds), { seed, numRuns: 500 })
})

test('any request at all gets an answer', () => {
  const request = fc.record({
    method: fc.string(),
    target: fc.oneof(fc.webPath(), fc.string()),
    host: fc.string(),
    remote: fc.oneof(fc.ipV4(), fc.ipV6(), fc.string()),
    body: fc.uint8Array({ maxLength: 100 }),
    label: fc.constant(null),
    fromPage: fc.boolean()
  })
  const state = createMembership(peer('127.0.0.1', 1), GOP2P_LIMITS)
  const holds = (one: Request): void => {
    const { answer } = onRequest(state, one, { now: 0, own })
    assert.ok([200, 204, 301, 400, 403, 405].includes(answer.status))
  }
  fc.assert(fc.property(request, holds), { seed, numRuns: 2_000 })
})

test.run()

function holdsFor(state: Membership, request: Request, now: number): void {
  const before = listPeers(state)
  const { answer, event } = onRequest(state, request, { now, own })
  const after = listPeers(state)
  assert.ok(after.length <= 5)
  for (const host of ['10.0.0.7', '10.0.0.8']) {
    assert.ok(after.filter((one) => hostOf(one) === host).length <= 2, `too many of ${host}`)
  }
  assert.not.ok(after.some((one) => isSamePeer(one, state.self)))
  for (const one of after)
    assert.ok(isHere(hostOf(one)) || ['10.0.0.7', '10.0.0.8', '93.184.216.34'].includes(hostOf(one)))
  if (event?.kind === 'joined') assert.ok(!isHere(hostOf(event.peer)) || request.remote === '127.0.0.1', 'spoofed')
  if (answer.status === 200 && answer.body !== '') {
    const list = decodeMembers(Buffer.from(answer.body), 10)
    assert.equal(list.kind === 'members' && list.peers, before)
  }
}

function broadcastOf(address: string, remote: string): Request {
  return requestOf(remote, JSON.stringify({ type: 2, data: 'aGk=', from: { port: 5000, address } }))
}

function requestOf(remote: string, body: string, fields: Partial<Request> = {}): Request {
  return {
    method: 'POST',
    target: '/',
    host: 'x',
    remote,
    body: Buffer.from(body),
    label: null,
    fromPage: false,
    ...fields
  }
}

function peer(address: string, port = 5000): Peer {
  const made = makePeer(address, port)
  if (made === null) throw new Error(`${address}:${port}`)
  return made
}
