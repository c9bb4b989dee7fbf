// The benchmarks of whole nodes: a system, a topology and a size make one.
import type { Bench, Phases } from '../run/bench.ts'
import { Cast, type System } from './cast.ts'
import { type Flow, runFlow, runMesh } from './flow.ts'
import { runPaced } from './paced.ts'
import type { WriteStyle } from './station-calls.ts'
import { fanIn, fanOut, LINE, mesh, type Topology, TRIANGLE } from './topology.ts'
import { runWatched } from './watched.ts'

const FAN_IN_WRITERS = 8
const LATENCY_PER_S = 1_000
const SMALL = 100
/**
 * The library's default: nodes of a mesh may link to more than they must, or the last ones would find all places taken.
 */
const MESH_MAX_LINKS = 12

export const AWAITED: WriteStyle = { kind: 'awaited', window: 1 }

/** A system and how its writers are held back: by itself, or by a window of messages that not all readers have. */
export interface Contestant {
  readonly system: System
  readonly style: WriteStyle
  readonly credit: number | null
  readonly others?: Readonly<Record<string, number>>
}

/** Overview and series of floodnet; names that end in `.plain` are without TLS and signatures. */
export function floodnetBenches(secure: Contestant, plain: Contestant): Bench[] {
  return [
    ...overview(secure, ''),
    ...overview(plain, '.plain'),
    ...[16, 100, 1_000, 10_000, 65_000].map((bytes) => onRequest(flowBench(`size.${bytes}B`, secure, LINE, bytes))),
    ...[1, 2, 4].map((workers) =>
      onRequest(flowBench(`workers.${workers}`, withSettings(secure, { workers }), LINE, SMALL))
    ),
    ...floodnetMeshes(secure),
    onRequest(flowBench('line.100B.iterate', withSettings(secure, { read: 'iterate' }), LINE, SMALL)),
    onRequest(flowBench('line.100B.windowed', { ...secure, style: { kind: 'windowed', window: 4_096 } }, LINE, SMALL))
  ]
}

function overview(contestant: Contestant, suffix: string): Bench[] {
  return [
    flowBench(`line.100B${suffix}`, contestant, LINE, SMALL),
    flowBench(`line.1KiB${suffix}`, contestant, LINE, 1_024),
    flowBench(`triangle.100B${suffix}`, contestant, TRIANGLE, SMALL),
    flowBench(`fanin.${FAN_IN_WRITERS}x100B${suffix}`, contestant, fanIn(FAN_IN_WRITERS), SMALL),
    pacedBench(`latency.1k${suffix}`, contestant),
    ...[2, 4, 8, 16].map((count) => flowBench(`fanout.${count}${suffix}`, contestant, fanOut(count), SMALL)),
    watchedBench(`rss.60s${suffix}`, contestant)
  ]
}

export function flowBench(name: string, contestant: Contestant, topology: Topology, bytes: number): Bench {
  return nodeBench(name, contestant, topology, bytes, 'msgs_per_s', (cast, flow, phases) => runFlow(cast, flow, phases))
}

/** floodnet as it links in a mesh. */
export function inMesh(contestant: Contestant): Contestant {
  return withSettings(contestant, { maxLinks: MESH_MAX_LINKS })
}

/** Eight nodes with five links and more each: one busy writer, or all. */
export function meshBenches(prefix: string, contestant: Contestant, suffix = ''): Bench[] {
  return [false, true].map((all) =>
    nodeBench(`${prefix}mesh.8${all ? '.all' : ''}${suffix}`, contestant, mesh(all), SMALL, 'msgs_per_s', runMesh)
  )
}

/** The same with `parents: 0`, 1 and 2. */
export function floodnetMeshes(secure: Contestant): Bench[] {
  return [0, 1, 2].flatMap((parents) =>
    meshBenches('', withSettings(inMesh(secure), { parents }), `.parents${parents}`)
  )
}

export function pacedBench(name: string, contestant: Contestant): Bench {
  return nodeBench(name, contestant, LINE, SMALL, 'p50_us', (cast, flow, phases) =>
    runPaced(cast, flow, LATENCY_PER_S, phases)
  )
}

function watchedBench(name: string, contestant: Contestant): Bench {
  const bench = nodeBench(name, contestant, LINE, SMALL, 'rss_peak_mib', (cast, flow, phases) =>
    runWatched(cast, 'B', flow, phases)
  )
  return { ...bench, once: true }
}

function nodeBench(
  name: string,
  { system, style, credit, others }: Contestant,
  topology: Topology,
  bytes: number,
  headline: string,
  run: (cast: Cast, flow: Flow, phases: Phases) => ReturnType<Bench['run']>
): Bench {
  const flow: Flow = { bytes, style, credit, ...(others === undefined ? {} : { others }) }
  return {
    name,
    about: `${describeTopology(topology)}, ${bytes} bytes; ${system.name}`,
    headline,
    async run(phases) {
      const cast = await Cast.start(system, topology)
      try {
        return await run(cast, flow, phases)
      } finally {
        await cast.end()
      }
    }
  }
}

export function describeContestant({ system, style, credit }: Contestant): string {
  const writes =
    style.kind === 'awaited' ? 'a loop of `await write(buffer)`' : `${style.window} writes at a time, awaited together`
  const held = credit === null ? '' : `, at most ${credit} messages not yet read by all`
  const settings = Object.entries(system.settings).map(([name, value]) => `${name} ${JSON.stringify(value)}`)
  return `${system.name}: ${[...settings, `written by ${writes}${held}`].join(', ')}`
}

function withSettings(contestant: Contestant, settings: Readonly<Record<string, unknown>>): Contestant {
  const { system } = contestant
  return { ...contestant, system: { ...system, settings: { ...system.settings, ...settings } } }
}

function onRequest(bench: Bench): Bench {
  return { ...bench, onRequest: true }
}

function describeTopology(topology: Topology): string {
  return topology.flatMap(({ name, join }) => join.map((first) => `${first}-${name}`)).join(' ')
}
