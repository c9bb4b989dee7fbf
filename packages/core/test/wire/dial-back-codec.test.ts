// DIAL_BACK and its reply: what is written is read, and what breaks a rule is refused.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { encodeFrame } from '../../src/wire/control.ts'
import {
  DIAL_BACK_OUTCOMES,
  decodeDialBack,
  decodeDialBackReply,
  encodeDialBack,
  encodeDialBackReply
} from '../../src/wire/dial-back-codec.ts'
import { FrameType } from '../../src/wire/layout.ts'

const author = { origin: new Uint8Array(32).fill(0xab), incarnation: 5 }
const question = (...body: number[]) =>
  decodeDialBack(encodeFrame(FrameType.dialBack, author, 1, Uint8Array.from(body)))
const reply = (...body: number[]) =>
  decodeDialBackReply(encodeFrame(FrameType.dialBackReply, author, 1, Uint8Array.from(body)))

test('a question names a port and nothing else', () => {
  for (const port of [1, 255, 256, 65_535]) assert.is(decodeDialBack(encodeDialBack(author, 9, port)), port)
  for (const body of [[], [1], [0, 0], [0, 1, 0]]) assert.is(question(...body), null, String(body))
})

test('a reply names one outcome, and one that is not known reads as nothing tried', () => {
  for (const outcome of DIAL_BACK_OUTCOMES)
    assert.is(decodeDialBackReply(encodeDialBackReply(author, 9, outcome)), outcome)
  assert.is(reply(200), 'unfit')
  for (const body of [[], [0, 0]]) assert.is(reply(...body), null, String(body))
})

test.run()
