// What is said on a local network: only by and to nodes of one network, and whatever a packet holds.
import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { isOn, localNetworks } from '../../src/finding/lan/interfaces.ts'
import { announcedIn, announcement, browseName, isAsked, question } from '../../src/finding/lan/packets.ts'

const ours = browseName(new Uint8Array(32))
const others = browseName(new Uint8Array(32).fill(1))
const self = { id: 'ab'.repeat(32), port: 55_555 }

test('the name that nodes look for tells networks apart and does not hold the name of any', () => {
  assert.not.equal(ours, others)
  assert.match(ours, /^[0-9a-f]{20}\._sub\._floodnet\._tcp\.local$/)
})

test('an announcement is read by nodes of its network, in any case of letters, and by no other', () => {
  const { answers } = announcement(ours, self)
  assert.equal(announcedIn(ours, { answers }), [self])
  assert.equal(announcedIn(ours, { answers: answers.map((each) => ({ ...each, name: each.name.toUpperCase() })) }), [
    self
  ])
  assert.equal(announcedIn(others, { answers }), [])
  assert.ok(isAsked(ours, question(ours)) && !isAsked(others, question(ours)))
})

test('a goodbye announces nobody, nor does a packet without an id or with a port that is none', () => {
  const without = (type: string) => ({ answers: announcement(ours, self).answers.filter((each) => each.type !== type) })
  assert.equal(announcedIn(ours, announcement(ours, self, 0)), [])
  assert.equal(announcedIn(ours, without('TXT')), [])
  assert.equal(announcedIn(ours, without('SRV')), [])
  for (const port of [0, 70_000, -1]) assert.equal(announcedIn(ours, announcement(ours, { ...self, port })), [])
})

test('no records at all make it throw', () => {
  const anyRecord = fc.record({
    name: fc.constantFrom(ours, 'x'),
    type: fc.constantFrom('PTR', 'SRV', 'TXT'),
    data: fc.anything()
  })
  fc.assert(
    fc.property(fc.array(anyRecord), (answers) => void announcedIn(ours, { answers })),
    { seed: 1 }
  )
})

test('looks on every network that the node listens on, and on none from a loopback address', () => {
  const v4 = (address: string, internal = false) =>
    ({ address, netmask: '255.255.255.0', family: 'IPv4', internal, mac: '', cidr: null }) as const
  const interfaces = {
    lo: [v4('127.0.0.1', true)],
    eth0: [v4('192.168.1.7'), v4('192.168.1.8')],
    docker0: [v4('172.17.0.1')]
  }
  const names = (bound: string | null) => localNetworks(interfaces, bound).map(({ name }) => name)
  assert.equal(names('::'), ['eth0', 'docker0'])
  assert.equal(names(null), ['eth0', 'docker0'])
  assert.equal(names('172.17.0.1'), ['docker0'])
  assert.equal(names('127.0.0.1'), [])
  assert.equal(
    localNetworks({ lo: interfaces.lo }, '0.0.0.0').map(({ name }) => name),
    ['lo']
  )
})

test('a packet that came over a router is of no local network', () => {
  const network = { name: 'eth0', address: '192.168.1.7', netmask: '255.255.255.0', zone: null }
  assert.ok(isOn(network, '192.168.1.200') && !isOn(network, '192.168.2.7') && !isOn(network, '::1'))
})

test('link-local IPv6 addresses are told apart by their link', () => {
  const network = { name: 'eth0', address: 'fe80::7', netmask: 'ffff:ffff:ffff:ffff::', zone: 'eth0' }
  assert.ok(isOn(network, 'fe80::8%eth0'))
  assert.not.ok(isOn(network, 'fe80::8%eth1') || isOn(network, '2001:db8::8') || isOn(network, '192.168.1.7'))
})

test.run()
