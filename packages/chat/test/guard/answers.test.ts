// What a crowd of strangers makes a chat send by itself.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { addContact } from '../../src/commands/people.ts'
import { STRANGER_ANSWERS_BURST, STRANGER_ANSWERS_PER_SECOND } from '../../src/guard/answers.ts'
import { RECEIPT_DELAY_MS } from '../../src/session/pending.ts'
import { encodeBody, type SealedBody } from '../../src/wire/sealed-body.ts'
import { idOfName, People, type Person } from '../support/people.ts'

const CROWD = 500
const SOON_MS = 4 * RECEIPT_DELAY_MS
const MOST = STRANGER_ANSWERS_BURST + (STRANGER_ANSWERS_PER_SECOND * SOON_MS) / 1_000

function reader(): { room: People; bob: Person } {
  const room = new People()
  const bob = room.add('bob')
  room.pass(1_000)
  return { room, bob }
}

let sealed = 0

function post(room: People, bob: Person, from: string, content: SealedBody): void {
  const id = (++sealed).toString(16).padStart(32, '0')
  bob.open(encodeBody({ id, at: room.now, content, data: new Uint8Array() }), idOfName(from))
}

/** A line for bob. */
function line(from: string, bob: Person): SealedBody {
  const key = new Uint8Array(Buffer.from(idOfName(`box ${from}`), 'hex'))
  return { kind: 'text', text: 'x', name: from, key, to: [bob.id] }
}

/** An offer whose name is refused. */
function badOffer(from: string): SealedBody {
  const key = new Uint8Array(Buffer.from(idOfName(`box ${from}`), 'hex'))
  const file = idOfName(`file ${from}`).slice(0, 32)
  return { kind: 'file-offer', file, fileName: '../x', bytes: 1, hash: idOfName(from), name: from, key }
}

test('lines of a crowd get a bounded number of receipts, and those of contacts theirs', () => {
  const { room, bob } = reader()
  addContact(bob.session, idOfName('carol'), 'carol', 0)
  for (let n = 0; n < CROWD; n++) post(room, bob, `stranger-${n}`, line(`stranger-${n}`, bob))
  post(room, bob, 'carol', line('carol', bob))
  room.pass(SOON_MS)
  const receipts = bob.posted.filter(({ kind }) => kind === 'read').length
  assert.ok(receipts > STRANGER_ANSWERS_BURST, `${receipts}`)
  assert.ok(receipts <= MOST + 1, `${receipts} of at most ${MOST + 1}`)
})

test('offers of a crowd get a bounded number of refusals, and those of contacts theirs', () => {
  const { room, bob } = reader()
  addContact(bob.session, idOfName('carol'), 'carol', 0)
  for (let n = 0; n < CROWD; n++) post(room, bob, `stranger-${n}`, badOffer(`stranger-${n}`))
  const refused = () => bob.posted.filter(({ kind }) => kind === 'file-end').length
  assert.is(refused(), STRANGER_ANSWERS_BURST)
  post(room, bob, 'carol', badOffer('carol'))
  assert.is(refused(), STRANGER_ANSWERS_BURST + 1)
})

test.run()
