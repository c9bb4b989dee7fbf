// What IP addresses are made of and how far they reach, in every spelling.
import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { canonicalHost, ipBytes, type Reach, reachOf, sameHost, sourceOf } from '../src/ip.ts'
import { holds } from './support/property.ts'

const reaches: Readonly<Record<Reach, readonly string[]>> = {
  machine: [
    '127.0.0.1',
    '127.9.8.7',
    '::1',
    '0:0:0:0:0:0:0:1',
    '0::0:1',
    '::ffff:127.0.0.1',
    '::ffff:7f00:1',
    'localhost',
    'a.LOCALHOST.'
  ],
  link: ['169.254.0.1', 'fe80::1', 'FE80::1%eth0', 'febf::', '::ffff:169.254.1.1'],
  nowhere: [
    '0.0.0.0',
    '0.1.2.3',
    '::',
    '224.0.0.1',
    '239.255.255.250',
    '255.255.255.255',
    '240.0.0.1',
    'ff02::1',
    '::ffff:0.0.0.0'
  ],
  network: [
    '10.0.0.7',
    '192.168.1.1',
    '8.8.8.8',
    'fd00::1',
    '2001:db8::1',
    'fec0::1',
    'example.org',
    'localhost.example.org',
    '126.0.0.1',
    '128.0.0.1',
    '1',
    '127.1'
  ]
}
for (const [reach, hosts] of Object.entries(reaches)) {
  test(`knows what reaches as far as: ${reach}`, () => {
    for (const host of hosts) assert.is(reachOf(host), reach, host)
  })
}

test('reads every spelling of an address as the same bytes, and nothing else as an address', () => {
  holds(fc.ipV6(), (text) => assert.ok(ipBytes(text) !== null), 2_000)
  holds(fc.ipV4(), (text) => assert.is(ipBytes(text)?.join('.'), text), 500)
  for (const text of [
    '1::2::3',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    ':::',
    '1.2.3',
    '1.2.3.256',
    '::1.2.3',
    'g::',
    '12345::',
    '0x7f.0.0.1',
    '127.0.0.01',
    '0177.0.0.1',
    '2130706433',
    '::1.2.3.04',
    ''
  ])
    assert.is(ipBytes(text), null, text)
  assert.ok(sameHost('2001:db8:0:0::1', '2001:DB8::1') && sameHost('::ffff:10.0.0.1', '10.0.0.1'))
  assert.ok(sameHost('Seed.example', 'seed.example') && !sameHost('10.0.0.1', '10.0.0.2'))
})

test('every spelling of an IP address has one way to be written, and what is none has no other', () => {
  for (const [text, canonical] of [
    ['::ffff:10.0.0.7', '10.0.0.7'],
    ['0:0:0:0:0:0:0:1', '::1'],
    ['2001:DB8::0:1', '2001:db8::1'],
    ['1:0:0:2:0:0:0:3', '1:0:0:2::3'],
    ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1']
  ] as const)
    assert.is(canonicalHost(text), canonical)
  holds(fc.ipV6(), (text) => assert.is(canonicalHost(canonicalHost(text) ?? ''), canonicalHost(text)), 500)
  for (const text of ['0x7f.0.0.1', '127.1', 'localhost', 'fe80::1%eth0']) assert.is(canonicalHost(text), null)
})

test('a source is an IPv4 address, a /64 network of IPv6, or a name in small letters', () => {
  assert.is(sourceOf('::ffff:10.1.2.3'), sourceOf('10.1.2.3'))
  assert.is(sourceOf('2001:db8:1:2:3:4:5:6'), sourceOf('2001:DB8:1:2::9'))
  assert.is.not(sourceOf('2001:db8:1:3::9'), sourceOf('2001:db8:1:2::9'))
  assert.is(sourceOf('Example.org'), 'example.org')
})

test.run()
