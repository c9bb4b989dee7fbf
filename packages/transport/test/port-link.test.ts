// A link inside the node, without the threads: what it waits for.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { ReadingMark } from '../src/reading-mark.ts'
import { FrameMemory } from '../src/worker/frame-memory.ts'
import { PROGRAM_LINK } from '../src/worker/link-ids.ts'
import { PortLink } from '../src/worker/port-link.ts'

const NOTHING = (): void => undefined
const SIBLING = -3

test('a link to a worker that is gone has nothing left that a flush would wait for', () => {
  const posted: unknown[] = []
  const host = { onSlab: NOTHING, onLagging: NOTHING, onDropped: NOTHING, onTaken: NOTHING }
  const link = new PortLink(SIBLING, false, { postMessage: (message) => posted.push(message) }, new FrameMemory(), host)
  link.sendData(new Uint8Array(100), 1)
  link.flush()
  assert.equal([posted.length, link.isDrained], [1, false])
  link.close()
  assert.is(link.isDrained, true)
})

test('a program that reads on is seen to move, although no slab comes back', () => {
  const host = { onSlab: NOTHING, onLagging: NOTHING, onDropped: NOTHING, onTaken: NOTHING }
  const reading = new ReadingMark()
  const shared = new ReadingMark(reading.memory)
  const link = new PortLink(PROGRAM_LINK, true, { postMessage: NOTHING }, new FrameMemory(), host, reading)
  const before = link.takenBytes
  shared.advance()
  assert.ok(link.takenBytes > before)
})

test.run()
