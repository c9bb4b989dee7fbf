// Signals of every make, and what one of them ends.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { abortReason, isAbortSignal, onAbort } from '../../src/options/abort-signal.ts'

test("what does an AbortSignal's work is one, whoever made it", () => {
  const foreign = { aborted: false, addEventListener: () => undefined, removeEventListener: () => undefined }
  for (const signal of [new AbortController().signal, AbortSignal.timeout(1), foreign]) assert.ok(isAbortSignal(signal))
  for (const other of [null, undefined, 'abort', {}, { aborted: 1 }, new AbortController(), new EventTarget()])
    assert.not.ok(isAbortSignal(other))
})

test('an aborted signal that says nothing is an AbortError', () => {
  assert.is((abortReason({ aborted: true } as AbortSignal) as Error).name, 'AbortError')
  assert.is(abortReason(AbortSignal.abort(0)), 0)
})

test('whoever was called off is not called, and nobody twice', () => {
  const abort = new AbortController()
  const calls: string[] = []
  onAbort(abort.signal, () => calls.push('first'))
  const callOff = onAbort(abort.signal, () => calls.push('second'))
  const callOffThird = onAbort(abort.signal, () => calls.push('third'))
  callOff()
  callOff()
  abort.abort()
  callOffThird()
  assert.equal(calls, ['first', 'third'])
})

test.run()
