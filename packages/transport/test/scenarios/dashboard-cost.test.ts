// Fifty open pages of one node: all get the same snapshots. What they cost the node is printed, and judged by nobody,
// since it is the machine's as well.
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { until } from '../../../../test/support/wait.ts'
import type { Snapshot } from '../../src/dashboard/snapshot.ts'
import { killCommands, startCommand } from '../support/command.ts'
import { type EventStream, openStream } from '../support/event-stream.ts'

const WAIT_MS = 60_000
const PAGES = 50
const SNAPSHOTS = 8

const test = suite('cost of pages')
const streams: EventStream[] = []

test.after.each(async () => {
  for (const stream of streams.splice(0)) stream.close()
  await killCommands()
})

test('fifty pages of a node share its snapshots', async () => {
  const node = startCommand(['node', '--listen', '127.0.0.1:0', '--dashboard', '127.0.0.1:0'])
  const address = /http:\/\/(\S+)\//.exec(await node.notice(/^dashboard at /))?.[1] ?? ''
  const first = await opened(address)
  const alone = coresIn(await taken(first, SNAPSHOTS))
  for (let i = 1; i < PAGES; i++) await opened(address)
  // Those that came while pages were opened are left out.
  const before = newest(first)
  const crowded = (await taken(first, before + SNAPSHOTS + 1)).filter(({ number }) => number > before + 1)
  for (const { number } of crowded)
    await until(
      () => streams.every(({ snapshots }) => snapshots.some((snapshot) => snapshot.number === number)),
      WAIT_MS,
      `snapshot ${number} at every page`
    )
  for (const { snapshots } of streams) {
    const numbers = snapshots.map(({ number }) => number)
    assert.equal(
      numbers,
      numbers.map((_, index) => (numbers[0] ?? 0) + index),
      'each snapshot once, in order'
    )
  }
  console.log(`of a core: ${percents(alone)} with one page, ${percents(coresIn(crowded))} with ${PAGES}`)
})

async function opened(address: string): Promise<EventStream> {
  const stream = await openStream(address)
  streams.push(stream)
  return stream
}

function newest({ snapshots }: EventStream): number {
  return snapshots.at(-1)?.number ?? 0
}

async function taken(stream: EventStream, number: number): Promise<readonly Snapshot[]> {
  await until(() => newest(stream) >= number, WAIT_MS, `snapshot ${number}`)
  return stream.snapshots
}

/** Processor time, in cores, by snapshot. */
function coresIn(snapshots: readonly Snapshot[]): number[] {
  return snapshots.flatMap(({ rates }) => rates?.cores ?? [])
}

/** The median, and the least and the most. */
function percents(cores: readonly number[]): string {
  const sorted = cores.toSorted((a, b) => a - b)
  const text = (share: number | undefined): string => `${((share ?? 0) * 100).toFixed(1)} %`
  return `${text(sorted[Math.floor(sorted.length / 2)])} (${text(sorted[0])} to ${text(sorted.at(-1))})`
}

test.run()
