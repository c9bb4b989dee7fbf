// Tickets: written and read back whole, told apart from mistakes, and short enough to be shown.
import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { fromHex, toHex } from '../../src/bytes.ts'
import { decodeTicket, encodeTicket, isTicket, type Ticket } from '../../src/wire/ticket.ts'
import { holds } from '../support/property.ts'

const id = (digit: string) => digit.repeat(64)
const one: Ticket = { network: '', peers: [{ id: id('a'), address: '192.168.1.7:55555' }], key: null }

interface TicketVector {
  readonly name: string
  readonly network: string | null
  readonly networkId: string | null
  readonly peers: Ticket['peers']
  readonly key: string | null
  readonly text: string
}
const { tickets } = JSON.parse(readFileSync('packages/core/test/vectors/tickets.json', 'utf8')) as {
  tickets: readonly TicketVector[]
}
for (const { name, network, networkId, peers, key, text } of tickets) {
  test(`${name}: is written and read as its text`, () => {
    const ticket: Ticket = {
      network: network ?? fromHex(networkId ?? '') ?? '',
      peers,
      key: key === null ? null : fromHex(key)
    }
    assert.is(encodeTicket(ticket), text)
    assert.equal(decodeTicket(text), ticket)
    assert.equal(decodeTicket(text.toUpperCase()), ticket)
    assert.ok(readFileSync('docs/PROTOCOL.md', 'utf8').includes(text), 'is in docs/PROTOCOL.md')
  })
}

const anyAddress = fc.oneof(
  fc
    .ipV4()
    .filter((host) => !/^(0|22[4-9]|2[3-5]\d)\./.test(host))
    .map((host) => `${host}:1`),
  fc.domain().map((host) => `${host}:65535`),
  fc.constantFrom('[2001:db8::7]:5', '[fd00::1:0:0:7]:5', '[1:2:3:4:5:6:7:8]:9', '[::1]:1')
)
/** As literals are. */
function plain<T extends object>(fields: { [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<T> {
  return fc.record(fields, { noNullPrototype: true }) as fc.Arbitrary<T>
}

const anyId = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => toHex(bytes))
const anyTicket: fc.Arbitrary<Ticket> = plain({
  network: fc.oneof(fc.constantFrom('', 'tea', 'Größe'), fc.uint8Array({ minLength: 32, maxLength: 32 })),
  peers: fc.array(plain({ id: fc.oneof(anyId, fc.constant(id('b'))), address: anyAddress }), {
    minLength: 1,
    maxLength: 4
  }),
  key: fc.option(fc.uint8Array({ minLength: 16, maxLength: 255 }))
})

test('every ticket is read back as it was written', () => {
  holds(anyTicket, (ticket) => assert.equal(decodeTicket(encodeTicket(ticket)), ticket), 500)
})

test('one letter that is wrong, missing or too many is seen', () => {
  const text = encodeTicket(one)
  for (let i = 'floodnet:'.length; i < text.length; i++) {
    const other = text[i] === 'q' ? 'r' : 'q'
    assert.is(decodeTicket(text.slice(0, i) + other + text.slice(i + 1)), 'mistyped', `letter ${i}`)
    assert.type(decodeTicket(text.slice(0, i) + text.slice(i + 1)), 'string')
  }
  assert.type(decodeTicket(`${text}a`), 'string')
  assert.is(decodeTicket(`${text}!`), 'mistyped')
})

test('is at most 130 characters with one IPv4 address, whatever the network is called', () => {
  const networks = ['', 'x'.repeat(31), new Uint8Array(32).fill(255)]
  for (const network of networks) assert.ok(encodeTicket({ ...one, network }).length <= 130)
})

test('a ticket is told by its first letters, in either case', () => {
  assert.ok(isTicket('FLOODNET:x') && isTicket('floodnet:') && !isTicket('floodnet') && !isTicket('10.0.0.1:5'))
  assert.is(decodeTicket('10.0.0.1:5'), 'no-ticket')
  assert.is(decodeTicket(`floodnet:${'a'.repeat(10_000)}`), 'no-ticket')
})

test('no text at all makes it throw', () => {
  holds(fc.string(), (text) => void decodeTicket(`floodnet:${text}`), 500)
  holds(fc.uint8Array(), (bytes) => void decodeTicket(`floodnet:${toHex(bytes).replace(/[0189]/g, 'a')}`), 500)
})

test.run()
