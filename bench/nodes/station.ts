// Program of a station: see station-calls.ts.
import { answerCalls, tellParent } from '../run/calls.ts'
import { nowNs, ownUsage } from '../run/usage.ts'
import { socketBytesIn } from './bytes-in.ts'
import { Latencies } from './latencies.ts'
import type { Snapshot, StationCalls, SystemModule, SystemStation } from './station-calls.ts'
import { Tally } from './tally.ts'
import { Writer } from './writer.ts'

let station: SystemStation | null = null
let writer: Writer | null = null
let tally = new Tally(0, 0)
let step = Number.POSITIVE_INFINITY
const latencies = new Latencies()

answerCalls<StationCalls>({
  async start({ module, options }) {
    const system = (await import(module)) as SystemModule
    station = await system.start(options, onMessage)
    return { address: station.address }
  },
  links: () => running().links(),
  read(take) {
    tally = new Tally(take.writers, take.bytes)
    step = take.step ?? Number.POSITIVE_INFINITY
    return null
  },
  write(work) {
    writer = new Writer(running(), work)
    return null
  },
  credit({ received }) {
    writer?.onReceived(received)
    return null
  },
  mark: (): Snapshot => ({ ...ownUsage(), written: writer?.written ?? 0, tally: { ...tally.counts } }),
  drops: () => running().drops?.() ?? {},
  bytesIn: () => running().bytesIn?.() ?? socketBytesIn(),
  resetLatencies() {
    latencies.reset()
    return null
  },
  latencies: () => latencies.summary(),
  stop: () => writer?.stop() ?? 0,
  async close() {
    await running().close()
    return null
  }
})

function running(): SystemStation {
  if (station === null) throw new TypeError('the station has not started')
  return station
}

function onMessage(payload: Uint8Array): void {
  tally.shortRun(payload)
  if (payload[8] !== 0) noteLatency(payload)
  if (tally.counts.received % step === 0) tellParent({ received: tally.counts.received })
}

function noteLatency(payload: Uint8Array): void {
  const sentNs = new DataView(payload.buffer, payload.byteOffset).getFloat64(8)
  latencies.add((nowNs() - sentNs) / 1_000)
}
