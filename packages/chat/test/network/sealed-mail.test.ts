// Sealed messages on their way out and in, on a network in memory.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { OPENINGS_PER_SECOND, SealedMail } from '../../src/network/sealed-mail.ts'
import {
  MESSAGES_PER_KEY,
  OWN_KEYS_BURST,
  OWN_KEYS_PER_SECOND,
  PACED_BURST,
  PACED_PER_SECOND,
  SealedPace
} from '../../src/network/sealed-pace.ts'
import { ROOM_RATES } from '../../src/rates.ts'
import { generateKeyPair } from '../../src/sealed/hpke.ts'
import { sealMessage } from '../../src/sealed/sealed-message.ts'
import { decodeBody } from '../../src/wire/sealed-body.ts'
import { FakeHub } from '../support/fake-network.ts'

test('the first of many have a key each, later ones share, and some have their own again after a second', () => {
  let now = 0
  const pace = new SealedPace(() => now)
  const keys = Array.from({ length: OWN_KEYS_BURST + 2 * MESSAGES_PER_KEY }, () => pace.next())
  assert.ok(keys.slice(0, OWN_KEYS_BURST).every((key) => key === true))
  const shared = keys.slice(OWN_KEYS_BURST)
  assert.is(new Set(shared).size, 2)
  assert.is(new Set(shared.slice(0, MESSAGES_PER_KEY)).size, 1)
  now += 1_000
  const later = Array.from({ length: OWN_KEYS_PER_SECOND + 1 }, () => pace.next())
  assert.is(later.filter((key) => key === true).length, OWN_KEYS_PER_SECOND)
})

test('no more goes out than a neighbour takes, however much is said', () => {
  let now = 0
  const pace = new SealedPace(() => now)
  const keys = new Set<object>()
  let [own, sent] = [0, 0]
  for (; now < 60_000; sent++) {
    now += pace.waitMs
    const key = pace.next()
    if (key === true) own++
    else keys.add(key)
  }
  assert.ok(sent <= PACED_BURST + 60 * PACED_PER_SECOND + 1, `${sent} messages`)
  const burst = ROOM_RATES.rateBurstMs / 1000
  assert.ok(own + keys.size < ((60 + burst) * ROOM_RATES.maxNeighbourOriginsPerSecond) / 3, `${own + keys.size} keys`)
})

test('no two messages of one author have one time, so that their order can be told', async () => {
  const hub = new FakeHub()
  const [alice, bob] = [hub.node('a1'), hub.node('b1')]
  const bobs = generateKeyPair()
  const mail = new SealedMail(alice, generateKeyPair(), false)
  const reader = new SealedMail(bob, bobs, false)
  const readers = [{ id: bob.id, key: bobs.publicKey }]
  const times: number[] = []
  for (let n = 0; n < 20; n++) {
    const id = n.toString(16).padStart(32, '0')
    await mail.send({ kind: 'sealed', readers, id, content: { kind: 'read', ids: [id] }, said: null }, 1000)
  }
  for (const { origin, payload } of alice.sent) reader.take(origin, payload)
  for (let opened = reader.open(0); opened !== null; opened = reader.open(0))
    if (opened.kind === 'message') times.push(decodeBody(opened.body)?.at ?? 0)
  assert.equal(
    times,
    Array.from({ length: 20 }, (_, n) => 1000 + n)
  )
})

test('a flood of sealed junk is tried within the budget, and what is for us is among the first', () => {
  const hub = new FakeHub()
  const [alice, bob] = [hub.node('a2'), hub.node('b2')]
  const bobs = generateKeyPair()
  const reader = new SealedMail(bob, bobs, false)
  const junk = sealMessage(alice, generateKeyPair().publicKey, new Uint8Array(100))
  const sealed = sealMessage(alice, bobs.publicKey, new Uint8Array(100))
  if (junk === null || sealed === null) throw new Error('they are sealed')
  // The burst is used up.
  for (let n = 0; n < 2_000; n++) {
    reader.take(`loud ${n % 50}`, junk)
    reader.open(0)
  }
  for (let n = 0; n < 10_000; n++) reader.take(`loud ${n % 50}`, junk)
  assert.is(reader.open(0), null)
  reader.take('quiet', sealed)
  let tried = 0
  while (reader.open(1_000) !== null) tried++
  assert.is(tried, OPENINGS_PER_SECOND)
  assert.is(reader.counts.opened, 1)
  assert.ok(reader.counts.untried > 7_900)
})

test.run()
