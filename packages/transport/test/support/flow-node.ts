// A node in a process of its own that writes and reads numbered streams as a test commands. Run by flow-process.ts.
import { setTimeout as sleep } from 'node:timers/promises'
import { createNetwork, type Network, type NetworkEvent } from '@floodnet/transport'
import { fillMessage, newTally, noteMessage, type StreamTally } from './content.ts'
import type { FlowAnswers, FlowCommand, FromFlowNode, ToFlowNode } from './flow-protocol.ts'

let network: Network | null = null
let stopped = false
let place = 0
let readingSinceMs = 0
const streams: Record<string, StreamTally> = {}
const events: NetworkEvent[] = []

process.on('message', (message: ToFlowNode) => {
  const { number } = message
  perform(message).then(
    (answer) => say({ kind: 'answer', number, answer }),
    (error: NodeJS.ErrnoException) =>
      say({ kind: 'failure', number, message: String(error.stack), code: error.code ?? null })
  )
})
// The test is gone: nobody is left to end this process.
process.on('disconnect', onAbandoned)

async function perform(command: ToFlowNode): Promise<FlowAnswers[FlowCommand['kind']]> {
  switch (command.kind) {
    case 'start':
      return start(command)
    case 'read':
      void read(running())
      return null
    case 'write':
      return write(running(), command)
    case 'stop':
      stopped = true
      return null
    case 'report':
      return report(running())
    case 'block':
      return block(command.number, command.ms)
    case 'close':
      await running().close()
      // The answer is on its way; without this channel nothing of ours keeps the process alive.
      setImmediate(() => {
        process.off('disconnect', onAbandoned)
        process.disconnect()
      })
      return null
  }
}

function onAbandoned(): void {
  process.exit(1)
}

function running(): Network {
  if (network === null) throw new TypeError('the node has not started')
  return network
}

async function start({ options }: FlowCommand & { kind: 'start' }): Promise<FlowAnswers['start']> {
  network = await createNetwork(options)
  network.events$.subscribe((event) => void events.push(event))
  return { id: network.id, address: network.address }
}

async function read(from: Network): Promise<void> {
  readingSinceMs = performance.now()
  for await (const { origin, payload } of from) {
    streams[origin] ??= newTally()
    noteMessage(streams[origin], payload, Math.floor((performance.now() - readingSinceMs) / 1_000))
  }
}

async function write(
  to: Network,
  { bytes, count, ms, everyMs }: FlowCommand & { kind: 'write' }
): Promise<FlowAnswers['write']> {
  stopped = false
  const payload = new Uint8Array(bytes)
  const started = performance.now()
  let written = 0
  while (written < count && !stopped && performance.now() - started < ms) {
    fillMessage(payload, place++)
    await to.write(payload)
    written++
    if (everyMs > 0) await sleep(everyMs)
  }
  return { written, ms: performance.now() - started }
}

async function report(of: Network): Promise<FlowAnswers['report']> {
  return { streams, events, stats: await of.stats(), peakRssMiB: process.resourceUsage().maxRSS / 1_024 }
}

async function block(number: number, ms: number): Promise<null> {
  await new Promise<void>((resolve) => say({ kind: 'blocking', number }, resolve))
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
  return null
}

function say(message: FromFlowNode, done: () => void = () => {}): void {
  if (process.connected) process.send?.(message, done)
}
