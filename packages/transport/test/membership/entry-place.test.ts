// Which neighbours are at the address that the program named.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { isPlaceOf } from '../../src/membership/entry-place.ts'

const ID = 'ab'.repeat(32)
const at = (address: string, id = ID) => ({ id, address })

for (const [entry, address] of [
  ['10.0.0.7:1', '10.0.0.7:1'],
  ['[2001:db8:0:0::1]:1', '[2001:db8::1]:1'],
  ['10.0.0.7:1', '[::ffff:10.0.0.7]:1'],
  ['Seed.example.org:1', 'seed.example.org:1'],
  ['localhost:1', '127.0.0.1:1'],
  ['localhost:1', '[::1]:1']
] as const)
  test(`${address} is ${entry}`, () => {
    assert.ok(isPlaceOf(at(address), entry, null))
  })

for (const [entry, address] of [
  ['10.0.0.7:1', '10.0.0.7:2'],
  ['10.0.0.7:1', '10.0.0.8:1'],
  ['127.0.0.2:1', '127.0.0.1:1'],
  ['seed.example.org:1', '127.0.0.1:1'],
  ['localhost:1', '10.0.0.7:1']
] as const)
  test(`${address} is not ${entry}`, () => {
    assert.not.ok(isPlaceOf(at(address), entry, null))
  })

test('an entry that a ticket pins is its peer, wherever that is, and nobody else at its address', () => {
  assert.ok(isPlaceOf(at('192.168.0.7:9'), '10.0.0.7:1', ID))
  assert.not.ok(isPlaceOf(at('10.0.0.7:1', 'cd'.repeat(32)), '10.0.0.7:1', ID))
})

test.run()
