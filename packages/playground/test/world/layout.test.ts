// Where nodes are placed: near those that they are linked with, and the dead where they died.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { Layout } from '../../src/world/layout.ts'

const SIZE = 20

/** Two rings of nodes that know the next four each, with the nodes' numbers mixed. */
function rings(): Uint16Array {
  const pairs: number[] = []
  for (let node = 0; node < SIZE; node++) {
    for (let ahead = 1; ahead <= 4; ahead++) {
      const next = (node + ahead) % SIZE
      pairs.push(2 * node, 2 * next, 2 * node + 1, 2 * next + 1)
    }
  }
  return Uint16Array.from(pairs)
}

function rested(layout: Layout): Float32Array {
  while (layout.isMoving) layout.step()
  return layout.places()
}

function middleOf(places: Float32Array, side: number): [x: number, y: number] {
  const middle: [number, number] = [0, 0]
  for (let node = side; node < 2 * SIZE; node += 2) {
    middle[0] += (places[2 * node] ?? 0) / SIZE
    middle[1] += (places[2 * node + 1] ?? 0) / SIZE
  }
  return middle
}

test('the parts of a network are apart', () => {
  const layout = new Layout(2 * SIZE)
  layout.relink(rings(), new Uint8Array(2 * SIZE).fill(1))
  const places = rested(layout)
  const [even, odd] = [middleOf(places, 0), middleOf(places, 1)]
  const apart = Math.hypot(even[0] - odd[0], even[1] - odd[1])
  for (let node = 0; node < 2 * SIZE; node++) {
    const own = node % 2 === 0 ? even : odd
    const away = Math.hypot((places[2 * node] ?? 0) - own[0], (places[2 * node + 1] ?? 0) - own[1])
    assert.ok(away < apart, `node ${node} is ${away} from the middle of its part, the parts are ${apart} apart`)
  }
})

test('the dead stay where they were, and the others come together', () => {
  const layout = new Layout(2 * SIZE)
  const up = new Uint8Array(2 * SIZE).fill(1)
  layout.relink(rings(), up)
  const before = rested(layout)
  up.fill(0, 0, SIZE)
  layout.relink(
    rings().filter((_, i, all) => Math.min(all[i] ?? 0, all[i ^ 1] ?? 0) >= SIZE),
    up
  )
  const after = rested(layout)
  for (let node = 0; node < SIZE; node++) {
    assert.equal([after[2 * node], after[2 * node + 1]], [before[2 * node], before[2 * node + 1]])
  }
  assert.is.not(after[2 * SIZE], before[2 * SIZE])
})

test('the same links are the same places', () => {
  const places = [new Layout(2 * SIZE), new Layout(2 * SIZE)].map((layout) => {
    layout.relink(rings(), new Uint8Array(2 * SIZE).fill(1))
    return rested(layout)
  })
  assert.equal(places[0], places[1])
})

test.run()
