// A link inside the node, without the threads: what it waits for.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { SharedMemory } from '../../../src/threads/shared-memory.ts'
import { BufferPool } from '../../../src/worker/flood/buffer-pool.ts'
import { PROGRAM_LINK } from '../../../src/worker/flood/link-ids.ts'
import { PortLink } from '../../../src/worker/flood/port-link.ts'

const NOTHING = (): void => undefined
const SIBLING = -3

test('a link to a worker that is gone has nothing left that a flush would wait for', () => {
  const posted: unknown[] = []
  const host = { onFrames: NOTHING, onLagging: NOTHING, onDropped: NOTHING, onTaken: NOTHING }
  const link = new PortLink(SIBLING, { postMessage: (message) => posted.push(message) }, new BufferPool(), host)
  link.sendData(new Uint8Array(100), 1)
  link.flush()
  assert.equal([posted.length, link.isDrained], [1, false])
  link.close()
  assert.is(link.isDrained, true)
})

test('a program that reads on is seen to move, although no slab comes back', () => {
  const host = { onFrames: NOTHING, onLagging: NOTHING, onDropped: NOTHING, onTaken: NOTHING }
  const program = new SharedMemory()
  const shared = new SharedMemory(program.buffers)
  const link = new PortLink(PROGRAM_LINK, { postMessage: NOTHING }, new BufferPool(), host, program)
  const before = link.takenBytes
  shared.reading.advance()
  assert.ok(link.takenBytes > before)
})

test("the program's short runs and slabs are taken in order, also after a pause, and short runs have their place until then", () => {
  const seen: number[] = []
  const back: unknown[] = []
  const host = {
    onFrames: (_: PortLink, bytes: Uint8Array) => seen.push(bytes[0]!),
    ...{ onLagging: NOTHING, onDropped: NOTHING, onTaken: NOTHING }
  }
  const program = new SharedMemory()
  const { written } = new SharedMemory(program.buffers)
  const port = { postMessage: (message: unknown) => back.push(message) }
  const link = new PortLink(PROGRAM_LINK, port, new BufferPool(), host, program)
  const shortRun = (first: number): void => {
    assert.ok(written.write(Uint8Array.of(first, 0)))
    link.onNote(2)
  }
  shortRun(1)
  link.pause()
  shortRun(2)
  link.onFrames({ kind: 'frames', buffer: Uint8Array.of(3, 0).buffer, bytes: 2 })
  shortRun(4)
  assert.equal([seen, written.unread, back.length, link.hasWaiting], [[1], 2, 0, true])
  link.resume()
  shortRun(5)
  assert.equal([seen, written.unread, back.length], [[1, 2, 3, 4, 5], 0, 1])
})

test('a short run whose frames bring the worker down is not done with: it counts as lost', () => {
  const host = {
    onFrames: () => {
      throw new Error('the worker crashes')
    },
    ...{ onLagging: NOTHING, onDropped: NOTHING, onTaken: NOTHING }
  }
  const program = new SharedMemory()
  const { written } = new SharedMemory(program.buffers)
  const link = new PortLink(PROGRAM_LINK, { postMessage: NOTHING }, new BufferPool(), host, program)
  assert.ok(written.write(Uint8Array.of(1)))
  assert.throws(() => link.onNote(1))
  assert.is(written.unread, 1)
})

test.run()
