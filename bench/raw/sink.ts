// Program: reads frames, checks the number of each and all bytes of every 64th.

import { HEADER_BYTES, SEQ_OFFSET } from '../../packages/core/src/index.ts'
import { answerCalls } from '../run/calls.ts'
import { ownUsage } from '../run/usage.ts'
import { rawByte } from './body.ts'
import type { SinkCalls } from './calls.ts'
import { connect } from './neighbour.ts'

const FULL_CHECK_EVERY = 64

let expectedBytes = 0
let received = 0
let next = 1
let lost = 0
let duplicates = 0
let damaged = 0

answerCalls<SinkCalls>({
  async start({ port, handshake, frameBytes }) {
    expectedBytes = frameBytes
    await connect(port, handshake, onData)
    return null
  },
  mark: () => ({ ...ownUsage(), received, lost, duplicates, damaged })
})

function onData(bytes: Uint8Array, view: DataView, start: number, end: number): void {
  received++
  const seq = view.getUint32(start + SEQ_OFFSET)
  if (seq < next) duplicates++
  else {
    lost += seq - next
    next = seq + 1
  }
  if (end - start !== expectedBytes || (received % FULL_CHECK_EVERY === 0 && !isWhole(bytes, start, end))) damaged++
}

function isWhole(bytes: Uint8Array, start: number, end: number): boolean {
  for (let i = HEADER_BYTES; i < end - start; i++) if (bytes[start + i] !== rawByte(i)) return false
  return true
}
