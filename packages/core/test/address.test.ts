// Addresses as people write them and as peers send them.
import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { anyText } from '../../../test/support/text.ts'
import { formatAddress, isDialable, isLoopback, parseAddress, plainHost } from '../src/address.ts'
import { MAX_TEXT_BYTES } from '../src/wire/fields.ts'
import { holds } from './support/property.ts'

const anyHost = fc.oneof(fc.domain(), fc.ipV4(), fc.ipV6(), fc.constantFrom('', 'fe80::1%eth0', 'node_1', '*'))
const anyPort = fc.integer({ min: 0, max: 65_535 })

const parsed: [string, string, number][] = [
  ['10.0.0.7:55555', '10.0.0.7', 55_555],
  ['example.org:1', 'example.org', 1],
  [':55555', '', 55_555],
  ['[::]:0', '::', 0],
  ['[2001:db8::7]:65535', '2001:db8::7', 65_535],
  ['[fe80::1%eth0]:9', 'fe80::1%eth0', 9],
  ['[::ffff:10.0.0.7]:9', '::ffff:10.0.0.7', 9],
  ['*:80', '*', 80],
  ['host:00080', 'host', 80]
]
for (const [text, host, port] of parsed) {
  test(`'${text}' is an address`, () => {
    assert.equal(parseAddress(text), { host, port })
  })
}

const refused = [
  '',
  'host',
  'host:',
  ':',
  'host:65536',
  'host:99999',
  'host:123456',
  'host:000080',
  'host:-1',
  'host:1.5',
  'host:0x10',
  '::1:80',
  '[::1]',
  '[::1:80',
  '::1]:80',
  '[]:80',
  '[host]:80',
  'http://host:80',
  'user@host:80',
  'a host:80',
  'host:80 ',
  ' host:80',
  'host:80\n',
  'host/path:80',
  'bücher.example:80',
  '\u001bc:80',
  'a\u202eb:80',
  'a\u0000b:80',
  '[fe80::1%\u001bc]:80'
]
for (const text of refused) {
  test(`${JSON.stringify(text)} is no address`, () => {
    assert.is(parseAddress(text), null)
    assert.is(isDialable(text), false)
  })
}

test('an address is parsed as it was formatted', () => {
  holds(fc.record({ host: anyHost, port: anyPort }), (address) => {
    assert.equal(parseAddress(formatAddress(address)), { ...address })
  })
})

test('any text is no address, or one that formats to a text which names the same', () => {
  holds(
    fc.oneof(
      anyText(),
      fc.string({ unit: fc.constantFrom(...'a1:.[]%*@/ ') }),
      fc.tuple(anyHost, anyPort).map(([host, port]) => `${host}:${port}`)
    ),
    (text) => {
      const address = parseAddress(text)
      if (address !== null) assert.equal(parseAddress(formatAddress(address)), address)
    },
    2_000
  )
})

test('the longest address fits the text of a control frame, and one that would not is none', () => {
  const longest = formatAddress({ host: 'x'.repeat(247), port: 65_535 })
  const zone = `[fe80::1%${'e'.repeat(247 - 8)}]:65535`
  for (const text of [longest, zone]) {
    assert.ok(parseAddress(text) !== null)
    assert.ok(text.length <= MAX_TEXT_BYTES)
  }
  assert.is(parseAddress(`x${longest}`), null)
})

test('an address can be dialled when it has a host and a port', () => {
  for (const text of ['10.0.0.7:1', 'a:1', '[::1]:1', '127.0.0.1:65535', '10.0.0.0:1', '[fe80::1%eth0]:1']) {
    assert.is(isDialable(text), true, text)
  }
})

test('multicast and reserved addresses cannot be dialled', () => {
  for (const host of [
    '0.0.0.1',
    '224.0.0.251',
    '255.255.255.255',
    '[ff02::fb]',
    '[::ffff:239.1.2.3]',
    '[::ffff:efff:1]'
  ])
    assert.is(isDialable(`${host}:1`), false, host)
})

test('an address that means "any" cannot be dialled, however it is written', () => {
  for (const host of ['', '*', '0.0.0.0', '0', '00.0', '[::]', '[::0]', '[0:0:0:0:0:0:0:0]', '[::ffff:0.0.0.0]']) {
    assert.is(isDialable(`${host}:1`), false, host)
  }
})

test('port 0 is to listen on, not to dial', () => {
  assert.is(isDialable('10.0.0.7:0'), false)
})

test('this machine itself is told from others', () => {
  for (const host of ['localhost', '::1', '127.0.0.1', '127.9.8.7', '::ffff:127.0.0.1', '::FFFF:127.0.0.1']) {
    assert.is(isLoopback(host), true, host)
  }
  for (const host of ['', '::', '0.0.0.0', '10.0.0.1', '128.0.0.1', '127.0.0.1.example.org', 'x127.0.0.1', '::2']) {
    assert.is(isLoopback(host), false, host)
  }
})

test('IPv4 loses its IPv6 clothes, and nothing else does', () => {
  assert.is(plainHost('::ffff:10.0.0.7'), '10.0.0.7')
  assert.is(plainHost('::FFFF:10.0.0.7'), '10.0.0.7')
  for (const host of ['10.0.0.7', '::ffff:a00:7', '::1', 'example.org', '::ffff:10.0.0.7.org']) {
    assert.is(plainHost(host), host)
  }
})

test.run()
