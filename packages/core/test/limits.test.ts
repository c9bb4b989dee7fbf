// Options are checked once: defaults for what is not given, and an error that names the first that is wrong.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { FloodnetError } from '../src/errors.ts'
import { LIMITS, type LimitName, resolveLimits } from '../src/limits.ts'
import { MAX_WRITTEN_FRAME_BYTES } from '../src/message/packet-writer.ts'
import { DEFAULT_MAX_FRAME_BYTES } from '../src/wire/layout.ts'

const names = Object.keys(LIMITS) as LimitName[]
/** Pairs of which the first must not exceed the second. */
const ordered: [LimitName, LimitName][] = [
  ['desiredLinks', 'maxLinks'],
  ['maxMessageBytes', 'reassemblyBytes'],
  ['retryMinMs', 'retryMaxMs'],
  ['pingMs', 'deadMs']
]

test('every default lies within its bounds, is an integer and has a source', () => {
  for (const name of names) {
    const { value, min, max, source } = LIMITS[name]
    assert.ok([value, min, max].every(Number.isSafeInteger), name)
    assert.ok(min <= value && value <= max, name)
    assert.ok(source.length > 4, name)
  }
})

test('without options the limits are the defaults', () => {
  const limits = resolveLimits({})
  for (const name of names) assert.is(limits[name], LIMITS[name].value, name)
})

test('an option that is given replaces its default, and undefined does not', () => {
  const limits = resolveLimits({ inboxLimit: 7, walkHops: undefined })
  assert.is(limits.inboxLimit, 7)
  assert.is(limits.walkHops, LIMITS.walkHops.value)
})

for (const name of names) {
  test(`${name} takes its bounds and nothing beyond them`, () => {
    const { min, max } = LIMITS[name]
    for (const value of [min, max]) assert.is(resolveLimits({ ...roomFor(name, value), [name]: value })[name], value)
    for (const value of [min - 1, max + 1]) assert.is(errorOf({ [name]: value }).subject, name)
  })
}

test('what is no integer is refused, and the error says what it was', () => {
  for (const value of [1.5, Number.NaN, Number.POSITIVE_INFINITY, '5', null, true, [5], { valueOf: () => 5 }, 5n]) {
    const error = errorOf({ maxLinks: value })
    assert.is(error.code, 'ERR_FLOODNET_OPTION')
    assert.is(error.subject, 'maxLinks')
    assert.match(error.message, String(value))
  }
})

test('an option that does not exist is refused by name, those of every object too', () => {
  for (const name of ['maxlinks', 'toString', '__proto__', 'constructor', '']) {
    const error = errorOf(Object.fromEntries([[name, 1]]))
    assert.is(error.subject, name)
    assert.match(error.message, 'unknown option')
  }
})

for (const [smaller, larger] of ordered) {
  test(`${smaller} may be as large as ${larger}, but no larger`, () => {
    const value = LIMITS[larger].value
    assert.is(resolveLimits({ [smaller]: value })[smaller], value)
    const error = errorOf({ [smaller]: value + 1 })
    assert.is(error.subject, smaller)
    assert.match(error.message, larger)
  })
}

test('no option allows less than the frames that we write ourselves', () => {
  assert.is(LIMITS.maxFrameBytes.min, MAX_WRITTEN_FRAME_BYTES)
  assert.is(LIMITS.maxFrameBytes.value, DEFAULT_MAX_FRAME_BYTES)
  assert.ok(LIMITS.linkQueueBytes.min > MAX_WRITTEN_FRAME_BYTES)
})

test('the limits that were resolved are those of the caller alone', () => {
  assert.is.not(resolveLimits({}), resolveLimits({}))
})

test.run()

/** The other end of an ordered pair, so that only `name` itself can be refused. */
function roomFor(name: LimitName, value: number): Record<string, number> {
  const given: Record<string, number> = {}
  for (const [smaller, larger] of ordered) {
    if (name === smaller) given[larger] = Math.max(value, LIMITS[larger].min)
    if (name === larger) given[smaller] = Math.min(value, LIMITS[smaller].max)
  }
  return given
}

function errorOf(options: Record<string, unknown>): FloodnetError {
  try {
    resolveLimits(options)
  } catch (error) {
    if (error instanceof FloodnetError) return error
    throw error
  }
  throw new Error('nothing was refused')
}
