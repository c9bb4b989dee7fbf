// Messages to those who subscribe: what a Subject promises, without one.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { Message } from '../../src/api.ts'
import { MessageStream } from '../../src/inbound/message-stream.ts'

const messageOf = (seq: number): Message => ({
  payload: new Uint8Array(0),
  origin: '00'.repeat(32),
  incarnation: 1,
  seq,
  index: 0,
  hops: 1
})

test('everybody who has subscribed gets each message, in order, and nobody the ones before', () => {
  const stream = new MessageStream()
  const heard: string[] = []
  assert.is(stream.observed, false)
  stream.next(messageOf(1))
  stream.messages$.subscribe(({ seq }) => heard.push(`a${seq}`))
  stream.next(messageOf(2))
  stream.messages$.subscribe(({ seq }) => heard.push(`b${seq}`))
  stream.next(messageOf(3))
  assert.is(stream.observed, true)
  assert.equal(heard, ['a2', 'a3', 'b3'])
})

test('who unsubscribes while a message is told gets no more, and the others all the same', () => {
  const stream = new MessageStream()
  const heard: string[] = []
  const first = stream.messages$.subscribe(({ seq }) => {
    heard.push(`a${seq}`)
    first.unsubscribe()
    second.unsubscribe()
  })
  const second = stream.messages$.subscribe(({ seq }) => heard.push(`b${seq}`))
  stream.messages$.subscribe(({ seq }) => heard.push(`c${seq}`))
  stream.next(messageOf(1))
  stream.next(messageOf(2))
  assert.equal(heard, ['a1', 'c1', 'c2'])
})

test('the end is told once to those who listen and at once to those who come later', () => {
  const stream = new MessageStream()
  const ended: string[] = []
  stream.messages$.subscribe({ complete: () => ended.push('before') })
  stream.end()
  stream.messages$.subscribe({ complete: () => ended.push('after') })
  assert.equal(ended, ['before', 'after'])
  stream.end()
  assert.equal(ended, ['before', 'after'])
  assert.is(stream.observed, false)
})

test.run()
