// What floodnet throws: public errors by code, and assertions for its own mistakes.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { AssertionError, assert as assertInvariant } from '../src/assert.ts'
import { ERROR_CODES, FloodnetError } from '../src/errors.ts'

test('an error carries its code, its subject and its cause', () => {
  const cause = new Error('EADDRINUSE')
  const error = new FloodnetError('ERR_FLOODNET_ADDRESS_IN_USE', 'taken', { subject: 'localhost:1', cause })
  assert.instance(error, Error)
  assert.equal(
    [error.name, error.code, error.message, error.subject, error.cause],
    ['FloodnetError', 'ERR_FLOODNET_ADDRESS_IN_USE', 'taken', 'localhost:1', cause]
  )
})

test('an error about nothing in particular says null, and has no cause to look for', () => {
  const error = new FloodnetError('ERR_FLOODNET_CLOSED', 'closed')
  assert.is(error.subject, null)
  assert.is('cause' in error, false)
})

test('no code is ever taken away: others compare them as text', () => {
  const published = [
    'ERR_FLOODNET_ADDRESS',
    'ERR_FLOODNET_ADDRESS_IN_USE',
    'ERR_FLOODNET_ASSERTION',
    'ERR_FLOODNET_CERTIFICATE',
    'ERR_FLOODNET_CLOSED',
    'ERR_FLOODNET_FAILED',
    'ERR_FLOODNET_IDENTITY',
    'ERR_FLOODNET_INSECURE',
    'ERR_FLOODNET_MESSAGE_TOO_LARGE',
    'ERR_FLOODNET_OPTION',
    'ERR_FLOODNET_QUEUE_FULL',
    'ERR_FLOODNET_START',
    'ERR_FLOODNET_WORKER'
  ]
  const codes: readonly string[] = ERROR_CODES
  for (const code of published) assert.ok(codes.includes(code), code)
})

test('every code is one of a kind and says whose it is', () => {
  assert.is(new Set(ERROR_CODES).size, ERROR_CODES.length)
  for (const code of ERROR_CODES) assert.match(code, /^ERR_FLOODNET_[A-Z_]+$/)
})

test('an invariant that does not hold throws, with its words and a code of its own', () => {
  assertInvariant(true, 'never said')
  try {
    assertInvariant(false, 'one slab at a time')
  } catch (error) {
    assert.instance(error, AssertionError)
    assert.is((error as AssertionError).code, 'ERR_FLOODNET_ASSERTION')
    assert.match((error as AssertionError).message, 'one slab at a time')
    return
  }
  assert.unreachable()
})

test.run()
