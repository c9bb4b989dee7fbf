// A router that maps ports, in the namespace of a test's router: see fixtures/fake-gateway.mjs.
import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { Host } from '../../../../test/support/hosts.ts'
import { until } from '../../../../test/support/wait.ts'

/** Beside the built package, wherever the test itself was bundled to. */
const SCRIPT = fileURLToPath(new URL('../test/fixtures/fake-gateway.mjs', import.meta.resolve('@floodnet/transport')))
const START_MS = 30_000

export interface Manners {
  readonly speaks: 'nat-pmp' | 'upnp'
  readonly says?: string
  readonly maps?: boolean
  readonly refuses?: boolean
  readonly taken?: number
  readonly leaseS?: number
}

export interface FakeGateway {
  /** What it was told to do, as 'map 55555'. */
  readonly orders: readonly string[]
}

const running = new Set<ChildProcess>()

/** `number`: of the router's inner network. */
export async function startGateway(router: Host, number: number, manners: Manners): Promise<FakeGateway> {
  const setting = JSON.stringify({ inner: `192.168.${number}.1`, outer: router.address, ...manners })
  const child = spawn('ip', ['netns', 'exec', router.name, process.execPath, SCRIPT, setting], {
    stdio: ['pipe', 'pipe', 'inherit']
  })
  running.add(child)
  child.once('exit', () => running.delete(child))
  const orders: string[] = []
  createInterface({ input: child.stdout }).on('line', (line) => {
    const { order, port } = JSON.parse(line) as { order: string; port: number }
    orders.push(`${order} ${port}`)
  })
  await until(() => orders.length > 0, START_MS, 'the gateway')
  orders.length = 0
  return { orders }
}

export function killGateways(): void {
  for (const child of running) child.kill('SIGKILL')
}
