// Rates, shares and copies out of two looks at a node.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { Figures, PeerFigures } from '../../src/figures/figures.ts'
import { ratesBetween } from '../../src/figures/rates.ts'
import { delay, duration, percent, quantity, short } from '../../src/figures/units.ts'

const PEER: PeerFigures = {
  id: 'aa',
  rttSeconds: null,
  lagging: false,
  bytes: { in: 100, out: 200 },
  fresh: 10,
  duplicates: 20
}
const FIGURES: Figures = {
  version: '0',
  uptimeSeconds: 1,
  links: { dialled: 1, accepted: 0 },
  packets: { in: 30, out: 5 },
  bytes: { in: 100, out: 200 },
  messages: { written: 1, delivered: 2 },
  fresh: 10,
  duplicates: 20,
  drops: { lagging: 1 },
  queues: {},
  origins: 1,
  workers: { running: 1, restarts: 0 },
  busySeconds: { program: 1, io0: 2 },
  eventLoopDelaySeconds: { p99: 0, max: 0 },
  process: { cpuSeconds: 3, residentBytes: 4 },
  peers: [PEER]
}

function ratesTo(fields: Partial<Figures>, seconds = 2) {
  return ratesBetween(
    { figures: FIGURES, atMs: 5_000 },
    { figures: { ...FIGURES, ...fields }, atMs: 5_000 + seconds * 1000 }
  )
}

test('rates are of a second, and copies and shares of what came between the looks', () => {
  const rates = ratesTo({
    packets: { in: 130, out: 25 },
    fresh: 50,
    duplicates: 80,
    drops: { lagging: 1, gap: 4 },
    busySeconds: { program: 2, io0: 4 },
    process: { cpuSeconds: 6, residentBytes: 4 },
    peers: [{ ...PEER, bytes: { in: 300, out: 200 }, fresh: 20, duplicates: 80 }]
  })
  assert.equal([rates.packets, rates.fresh, rates.duplicates, rates.copies], [{ in: 50, out: 10 }, 20, 30, 2.5])
  assert.equal(rates.drops, { gap: 2 })
  assert.equal([rates.busy, rates.cores], [{ program: 0.5, io0: 1 }, 1.5])
  assert.equal(rates.peers, { aa: { bytes: { in: 100, out: 0 }, fresh: 5, duplicates: 30, share: 0.25 } })
})

test('nothing came: there are no copies and no shares', () => {
  const rates = ratesTo({})
  assert.equal([rates.copies, rates.peers.aa?.share, rates.drops], [null, null, {}])
})

test('a node or a link that counts from 0 again has no rates below zero', () => {
  assert.is(ratesTo({ fresh: 2 }).fresh, 0)
  const peer = { ...PEER, bytes: { in: 8, out: 250 }, fresh: 4, duplicates: 2 }
  const expected = { bytes: { in: 4, out: 125 }, fresh: 2, duplicates: 1, share: null }
  assert.equal(ratesTo({ peers: [peer] }).peers.aa, expected)
})

test('a thread is never busier than all the time, however close the looks are', () => {
  assert.is(ratesTo({ busySeconds: { program: 9 } }, 0).busy.program, 1)
})

test('numbers have three digits, a prefix and their unit', () => {
  assert.equal([0, 7, 7.25, 999, 1_234, 56_789, 9.996e8].map(short), [
    '0',
    '7',
    '7.25',
    '999',
    '1.23 k',
    '56.8 k',
    '1.00 G'
  ])
  assert.equal(
    [quantity(12, 'B/s'), quantity(1_234, 'B/s'), quantity(1_234, 'packets')],
    ['12 B/s', '1.23 kB/s', '1.23 k packets']
  )
  assert.equal([0.0025, 0.25, 0.9996].map(delay), ['2.5 ms', '250 ms', '1.00 s'])
  assert.equal([percent(0), percent(0.0123), percent(0.5), percent(1)], ['0.0 %', '1.2 %', '50 %', '100 %'])
  assert.equal([5, 65, 7_300, 200_000].map(duration), ['5 s', '1 min', '2 h 1 min', '2 d 7 h'])
})

test.run()
