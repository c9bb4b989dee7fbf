// Who gives way when too many sockets are on their way to a link, and how many handshakes begin.
import type { Socket } from 'node:net'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { HalfOpen } from '../../../src/worker/connect/half-open.ts'
import { HandshakeBudget } from '../../../src/worker/connect/handshake-budget.ts'

const socket = { destroy: () => undefined } as unknown as Socket

function table(max: number) {
  const halfOpen = new HalfOpen(max)
  const out: string[] = []
  const add = (key: string, source: string) =>
    halfOpen.add(key, socket, source, {
      timeoutMs: 60_000,
      onTimeout: () => undefined,
      onPushedOut: () => {
        halfOpen.remove(key)
        out.push(key)
      }
    })
  return { halfOpen, add, out }
}

test('a newcomer always gets in: the oldest silent socket of the loudest source gives way', () => {
  const { halfOpen, add, out } = table(4)
  add('quiet', 'q')
  for (const key of ['a1', 'a2', 'a3']) add(key, 'a')
  for (const key of ['n1', 'n2']) assert.ok(add(key, key))
  assert.equal(out, ['a1', 'a2'])
  assert.is(halfOpen.accepted, 4)
  halfOpen.destroyAll()
})

test('a socket that has begun its handshake stays as long as a silent one is there, of whichever source', () => {
  const { halfOpen, add, out } = table(3)
  add('a1', 'a')
  add('a2', 'a')
  add('silent', 's')
  halfOpen.spoke('a1')
  halfOpen.spoke('a2')
  add('n', 'n')
  assert.equal(out, ['silent'])
  halfOpen.spoke('n')
  add('m', 'm')
  assert.equal(out, ['silent', 'a1'])
  halfOpen.destroyAll()
})

test('a flood of one source pushes out only itself, and counts go back to nothing', () => {
  const { halfOpen, add, out } = table(16)
  add('honest', 'h')
  for (let i = 0; i < 1_000; i++) add(`a${i}`, 'a')
  assert.is(halfOpen.accepted, 16)
  assert.not.ok(out.includes('honest'))
  halfOpen.destroyAll()
  assert.is(halfOpen.accepted, 0)
})

test('one source begins 200 handshakes at once and 50 a second, and does not touch the share of others', () => {
  const budget = new HandshakeBudget(0)
  const begun = (host: string, count: number, now: number) =>
    Array.from({ length: count }, () => budget.take(host, now)).filter(Boolean).length
  assert.is(begun('10.0.0.1', 1_000, 0), 200)
  assert.is(begun('10.0.0.1', 1_000, 1_000), 50)
  assert.is(begun('10.0.0.2', 100, 1_000), 100)
  // Spellings and the addresses of one IPv6 network are one source.
  assert.is(begun('2001:db8::1', 150, 1_000), 150)
  assert.is(begun('2001:db8:0:0:9::2', 150, 1_000), 50)
})

test('all sources together begin 800 handshakes at once and 200 a second', () => {
  const budget = new HandshakeBudget(0)
  let begun = 0
  for (let source = 0; source < 2_000; source++) if (budget.take(`10.0.${source >> 8}.${source & 255}`, 0)) begun++
  assert.is(begun, 800)
})

test.run()
