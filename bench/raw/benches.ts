// Relays alone: a source that makes frames of 100 bytes, the relay, and a sink that checks them. Source and sink are
// the same programs for all, so that what differs is the relay.
import type { Contestant } from '../nodes/benches.ts'
import type { Bench, Figures, Phases } from '../run/bench.ts'
import { Child } from '../run/child.ts'
import type { Usage } from '../run/usage.ts'
import { sleep, until } from '../run/wait.ts'
import type { SinkCalls, SinkSnapshot, SourceCalls } from './calls.ts'
import { type Relay, startCompiled, startNode, startPipe } from './relays.ts'

const FRAME_BYTES = 100
const START_MS = 10_000
const SETTLED_MS = 1_500

export function rawBenches(plain: Contestant): Bench[] {
  return [
    rawBench('pipe.100B', 'a byte pipe: socket.pipe(socket)', false, startPipe),
    rawBench('crelay.100B', 'a byte relay in C: read, write', false, startCompiled),
    rawBench('relay.raw.plain', 'floodnet, each message a frame of its own', true, () => startNode(plain))
  ]
}

function rawBench(name: string, relay: string, handshake: boolean, start: () => Promise<Relay>): Bench {
  return {
    name,
    about: `source -> relay -> sink, frames of ${FRAME_BYTES} bytes in all; ${relay}`,
    headline: 'msgs_per_s',
    run: (phases) => runRaw(start, handshake, phases)
  }
}

async function runRaw(start: () => Promise<Relay>, handshake: boolean, phases: Phases): Promise<Figures> {
  const relay = await start()
  const sink = new Child<SinkCalls>('raw/sink')
  const source = new Child<SourceCalls>('raw/source')
  try {
    const connect = { port: relay.port, handshake, frameBytes: FRAME_BYTES }
    await sink.ask('start', connect)
    await source.ask('start', connect)
    await until(async () => (await sink.ask('mark', {})).received > 0, START_MS, 'a frame')
    await sleep(phases.warmUpMs)
    const before = await Promise.all([source.ask('mark', {}), relay.mark(), sink.ask('mark', {})])
    await sleep(phases.timedMs)
    const after = await Promise.all([source.ask('mark', {}), relay.mark(), sink.ask('mark', {})])
    const last = await settle(sink, await source.ask('stop', {}))
    return { ...speedOf(before, after), ...last }
  } finally {
    await Promise.all([source.end(), sink.end(), relay.end()])
  }
}

type Marks = [Usage, Usage, SinkSnapshot]

function speedOf(before: Marks, after: Marks): Figures {
  const rate = ((after[2].received - before[2].received) / (after[2].atNs - before[2].atNs)) * 1e9
  const shares = after.map(({ cpuUs, atNs }, i) => ((cpuUs - before[i]!.cpuUs) * 1_000) / (atNs - before[i]!.atNs))
  const peaks = after.map(({ peakRssMib }) => peakRssMib)
  return {
    msgs_per_s: rate,
    cpu_s_per_million_msgs: (shares.reduce((sum, share) => sum + share, 0) / rate) * 1e6,
    relay_cpu_s_per_million_msgs: (shares[1]! / rate) * 1e6,
    cores_source: shares[0]!,
    cores_relay: shares[1]!,
    cores_sink: shares[2]!,
    peak_rss_mib: Math.max(...peaks),
    peak_rss_all_mib: peaks.reduce((sum, peak) => sum + peak, 0)
  }
}

async function settle(sink: Child<SinkCalls>, sent: number): Promise<Figures> {
  let [last, changedMs] = [await sink.ask('mark', {}), performance.now()]
  while (last.received < sent && performance.now() - changedMs < SETTLED_MS) {
    await sleep(50)
    const now = await sink.ask('mark', {})
    if (now.received !== last.received) changedMs = performance.now()
    last = now
  }
  const { received, duplicates, damaged } = last
  return { lost: sent - (received - duplicates), duplicates, damaged }
}
