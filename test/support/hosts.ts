// Hosts for tests: network namespaces on a switch of two halves, which can be cut apart. The switch is in a namespace
// too, so nothing of the machine's own network is touched, and all of it goes with the namespaces.
import { execFileSync } from 'node:child_process'

export interface Host {
  /** The namespace. */
  readonly name: string
  /** Each in a /24 network of its own, and all within reach of each other. */
  readonly address: string
  readonly port: string
  readonly half: Half
}

export type Half = 'left' | 'right'

/**
 * Two runs at the same time have different ones; the number tells a later run whose process has ended what to clear
 * away.
 */
const PREFIX = `floodnet-${process.pid}-`
const SWITCH = `${PREFIX}switch`
const made = new Set<string>()

/** Why there can be no hosts here, or null. */
export function whyNoHosts(): string | null {
  try {
    clearStale()
    ip('netns', 'add', `${PREFIX}probe`)
    ip('netns', 'del', `${PREFIX}probe`)
    return null
  } catch (error) {
    const { code, stderr } = error as NodeJS.ErrnoException & { stderr?: Buffer }
    return code === 'ENOENT' ? 'iproute2 is not installed' : `ip netns: ${String(stderr ?? error).trim()}`
  }
}

/** So many in each half. Call once, and `removeHosts` in the end. */
export function makeHosts(left: number, right: number): Host[] {
  addNamespace(SWITCH)
  for (const half of ['left', 'right']) {
    onSwitch('link', 'add', half, 'type', 'bridge')
    onSwitch('link', 'set', half, 'up')
  }
  onSwitch('link', 'add', 'joint-left', 'type', 'veth', 'peer', 'name', 'joint-right')
  for (const half of ['left', 'right']) onSwitch('link', 'set', `joint-${half}`, 'master', half, 'up')
  return Array.from({ length: left + right }, (_, i) => makeHost(i, i < left ? 'left' : 'right'))
}

/** Nothing passes between the halves any more, and nobody is told. */
export function cutHalves(): void {
  onSwitch('link', 'set', 'joint-left', 'down')
}

export function joinHalves(): void {
  onSwitch('link', 'set', 'joint-left', 'up')
}

/** The host's cable is pulled at the far end: its own interface stays up. */
export function pullCable({ port }: Host): void {
  onSwitch('link', 'set', port, 'nomaster')
}

/** Whatever is left of them, in whatever state. */
export function removeHosts(): void {
  for (const name of made) ip('netns', 'del', name)
  made.clear()
}

function makeHost(i: number, half: Half): Host {
  const host: Host = { name: `${PREFIX}${i}`, address: `10.${20 + i}.1.1`, port: `port-${i}`, half }
  addNamespace(host.name)
  onSwitch('link', 'add', host.port, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', host.name)
  onSwitch('link', 'set', host.port, 'master', half, 'up')
  ip('-n', host.name, 'address', 'add', `${host.address}/8`, 'dev', 'eth0')
  for (const device of ['lo', 'eth0']) ip('-n', host.name, 'link', 'set', device, 'up')
  return host
}

function addNamespace(name: string): void {
  ip('netns', 'add', name)
  made.add(name)
}

/** A run that was killed could not clear away. */
function clearStale(): void {
  for (const line of ip('netns', 'list').split('\n')) {
    const [name = '', pid] = /^floodnet-(\d+)-\w+/.exec(line) ?? []
    if (pid !== undefined && !isRunning(Number(pid))) clear(name)
  }
}

/** Another run may clear the same at the same time. */
function clear(name: string): void {
  try {
    ip('netns', 'del', name)
  } catch (error) {
    if (ip('netns', 'list').split(/\s/).includes(name)) throw error
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

function onSwitch(...args: string[]): void {
  ip('-n', SWITCH, ...args)
}

function ip(...args: string[]): string {
  return execFileSync('ip', args, { stdio: ['ignore', 'pipe', 'pipe'], encoding: 'utf8' })
}
