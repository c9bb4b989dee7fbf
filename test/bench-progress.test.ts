import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Progress } from '../bench/run/progress.ts'

const test = suite('progress of benchmarks')

test('counts runs, those that run once only once, and says what is left by what it took so far', () => {
  const progress = new Progress([{}, { once: true }], 3)
  assert.equal(
    [0, 120_000, 240_000, 250_000].map((ms) => progress.next(ms)),
    ['[1/4]', '[2/4, about 6 min left]', '[3/4, about 4 min left]', '[4/4, about 1 min left]']
  )
})

test.run()
