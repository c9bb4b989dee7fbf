// Messages as fast as they go: warm up, mark, wait, mark, stop; then wait for what is on its way and count what is
// lost.
import type { Figures, Phases } from '../run/bench.ts'
import { type Usage, usageOf } from '../run/usage.ts'
import { sleep, until } from '../run/wait.ts'
import type { Cast, Member } from './cast.ts'
import type { Snapshot, WriteStyle } from './station-calls.ts'

const FIRST_MESSAGE_MS = 20_000
/** A reader that gets nothing for so long gets nothing more. */
const SETTLED_MS = 1_500

export interface Flow {
  readonly bytes: number
  readonly style: WriteStyle
  /** See `Work`. */
  readonly credit: number | null
  /** Processes of the system that are no stations, a server say: name and id. */
  readonly others?: Readonly<Record<string, number>>
}

interface Mark {
  readonly members: ReadonlyMap<string, Snapshot>
  readonly others: ReadonlyMap<string, Usage>
}

/** Starts writers and readers, and waits until every reader reads. */
export async function begin(cast: Cast, { bytes, style, credit }: Flow, perSecond: number | null): Promise<void> {
  const step = credit === null ? null : Math.max(1, Math.floor(credit / 16))
  if (credit !== null) cast.passCredit()
  await Promise.all(cast.readers.map(({ child }) => child.ask('read', { writers: cast.writers.length, bytes, step })))
  await Promise.all(
    cast.writers.map(({ child }, writer) => child.ask('write', { writer, bytes, style, credit, perSecond }))
  )
  await until(
    async () => (await marksOf(cast.readers)).every(({ tally }) => tally.received > 0),
    FIRST_MESSAGE_MS,
    'every reader gets a message'
  )
}

export async function runFlow(cast: Cast, flow: Flow, phases: Phases): Promise<Figures> {
  await begin(cast, flow, null)
  await sleep(phases.warmUpMs)
  const before = await mark(cast, flow)
  await sleep(phases.timedMs)
  const after = await mark(cast, flow)
  const losses = await finish(cast)
  return { ...speedOf(cast, before, after), ...losses, ...memoryOf(await mark(cast, flow)) }
}

/** The same, and what comes in over all links for each byte that a program gets. */
export async function runMesh(cast: Cast, flow: Flow, phases: Phases): Promise<Figures> {
  await begin(cast, flow, null)
  await sleep(phases.warmUpMs)
  const [before, bytesBefore] = [await mark(cast, flow), await bytesInOf(cast)]
  await sleep(phases.timedMs)
  const [after, bytesAfter] = [await mark(cast, flow), await bytesInOf(cast)]
  const links = await Promise.all(cast.members.map(({ child }) => child.ask('links', {})))
  const losses = await finish(cast)
  const copies = (of: Mark): number =>
    cast.readers.reduce((sum, { place }) => sum + of.members.get(place.name)!.tally.received, 0)
  return {
    ...speedOf(cast, before, after),
    bytes_in_per_byte: (bytesAfter - bytesBefore) / ((copies(after) - copies(before)) * flow.bytes),
    mean_degree: links.reduce((sum, count) => sum + count, 0) / links.length,
    ...losses,
    ...memoryOf(await mark(cast, flow))
  }
}

async function bytesInOf(cast: Cast): Promise<number> {
  const bytes = await Promise.all(cast.members.map(({ child }) => child.ask('bytesIn', {})))
  return bytes.reduce((sum, count) => sum + count, 0)
}

/** Stops the writers, waits for the last message, and says what did not come as it should. */
export async function finish(cast: Cast): Promise<Figures> {
  const written = await Promise.all(cast.writers.map(({ child }) => child.ask('stop', {})))
  const writtenBy = new Map(cast.writers.map((writer, i) => [writer, written[i]!]))
  const expected = cast.readers.map((reader) =>
    cast.streamsOf(reader).reduce((sum, writer) => sum + writtenBy.get(writer)!, 0)
  )
  const last = await settle(cast.readers, expected)
  const drops = await Promise.all(cast.members.map(({ child }) => child.ask('drops', {})))
  const sum = (pick: (tally: Snapshot['tally']) => number): number =>
    last.reduce((total, { tally }) => total + pick(tally), 0)
  return {
    lost:
      expected.reduce((total, count) => total + count, 0) -
      sum(({ received, duplicates, damaged }) => received - duplicates - damaged),
    duplicates: sum(({ duplicates }) => duplicates),
    disordered: sum(({ disordered }) => disordered),
    damaged: sum(({ damaged }) => damaged),
    ...toldOf(drops)
  }
}

/** What the stations say that they dropped: packets or messages, by reason. */
function toldOf(drops: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const told: Record<string, number> = {}
  for (const [reason, count] of drops.flatMap((each) => Object.entries(each))) {
    const name = `told_${reason}`
    told[name] = (told[name] ?? 0) + count
  }
  return told
}

async function settle(readers: readonly Member[], expected: readonly number[]): Promise<Snapshot[]> {
  let [received, changedMs] = [-1, performance.now()]
  for (;;) {
    const marks = await marksOf(readers)
    const now = marks.reduce((sum, { tally }) => sum + tally.received, 0)
    if (now !== received) [received, changedMs] = [now, performance.now()]
    if (marks.every(({ tally }, i) => tally.received >= expected[i]!)) return marks
    if (performance.now() - changedMs > SETTLED_MS) return marks
    await sleep(50)
  }
}

function marksOf(members: readonly Member[]): Promise<Snapshot[]> {
  return Promise.all(members.map(({ child }) => child.ask('mark', {})))
}

async function mark(cast: Cast, { others = {} }: Flow): Promise<Mark> {
  const snapshots = await marksOf(cast.members)
  return {
    members: new Map(cast.members.map(({ place }, i) => [place.name, snapshots[i]!])),
    others: new Map(Object.entries(others).map(([name, pid]) => [name, usageOf(pid)]))
  }
}

/** The slowest reader's speed, and the processor time of all processes for it. */
function speedOf(cast: Cast, before: Mark, after: Mark): Figures {
  const rates = cast.readers.map(({ place: { name } }) => {
    const [first, last] = [before.members.get(name)!, after.members.get(name)!]
    return ((last.tally.received - first.tally.received) / (last.atNs - first.atNs)) * 1e9
  })
  const rate = Math.min(...rates)
  const copies = rates.reduce((sum, each) => sum + each, 0)
  const shares = [...sharesOf(before.members, after.members), ...sharesOf(before.others, after.others)]
  const busy = shares.reduce((sum, [, share]) => sum + share, 0)
  return {
    msgs_per_s: rate,
    cpu_s_per_million_msgs: (busy / rate) * 1e6,
    ...(rates.length > 1 ? { cpu_us_per_copy: (busy / copies) * 1e6 } : {}),
    ...Object.fromEntries(shares.map(([name, share]) => [`cores_${name}`, share]))
  }
}

/** Processors that each process kept busy. */
function sharesOf(before: ReadonlyMap<string, Usage>, after: ReadonlyMap<string, Usage>): [string, number][] {
  return [...after].map(([name, last]) => {
    const first = before.get(name)!
    return [name, ((last.cpuUs - first.cpuUs) * 1_000) / (last.atNs - first.atNs)]
  })
}

function memoryOf({ members, others }: Mark): Figures {
  const peaks = [...members.values(), ...others.values()].map(({ peakRssMib }) => peakRssMib)
  return { peak_rss_mib: Math.max(...peaks), peak_rss_all_mib: peaks.reduce((sum, peak) => sum + peak, 0) }
}
