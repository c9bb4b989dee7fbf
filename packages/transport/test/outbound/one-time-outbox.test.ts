// One-time messages that wait for room: their time is that of their leaving.
import { INCARNATION_OFFSET, ONE_TIME_SKEW_S, resolveLimits, viewOf } from '@floodnet/core'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { OneTimeKey } from '../../src/outbound/one-time-origin.ts'
import { OneTimeOutbox } from '../../src/outbound/one-time-outbox.ts'

const clock = Date.now

test.after.each(() => {
  Date.now = clock
})

test('a message that waited for room longer than nodes take its time for has a new one when it leaves', async () => {
  const left: Uint8Array[] = []
  let hasRoom = false
  const appendFrame = (frame: Uint8Array): boolean => {
    if (hasRoom) left.push(frame)
    return hasRoom
  }
  const outbox = new OneTimeOutbox(null, resolveLimits({}), { links: 1, appendFrame, onLost: () => undefined })
  const written = outbox.write(new Uint8Array(10), new OneTimeKey(), false)
  const leavesMs = clock() + 2 * ONE_TIME_SKEW_S * 1_000
  Date.now = () => leavesMs
  hasRoom = true
  outbox.drain()
  const { incarnation } = await written
  assert.ok(leavesMs / 1_000 - incarnation < ONE_TIME_SKEW_S / 2)
  assert.equal(
    left.map((frame) => viewOf(frame).getUint32(INCARNATION_OFFSET)),
    [incarnation]
  )
})

test.run()
