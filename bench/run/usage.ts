// What a process has used of the machine: this one as it knows itself, any other as /proc tells.
import { readFileSync } from 'node:fs'

export interface Usage {
  /** A clock that all processes of a machine share, in ns. */
  readonly atNs: number
  /** Processor time of all its threads so far, in us; NaN where unknown. */
  readonly cpuUs: number
  readonly rssMib: number
  readonly peakRssMib: number
}

/** Clock ticks a second in /proc; 100 on every Linux that Node runs on. */
const TICKS_PER_S = 100
const KIB_PER_MIB = 1_024

export function nowNs(): number {
  return Number(process.hrtime.bigint())
}

export function ownUsage(): Usage {
  const { user, system } = process.cpuUsage()
  const atNs = nowNs()
  const { rssMib, peakRssMib } = memoryOf('self') ?? {
    rssMib: process.memoryUsage.rss() / KIB_PER_MIB ** 2,
    peakRssMib: process.resourceUsage().maxRSS / KIB_PER_MIB
  }
  return { atNs, cpuUs: user + system, rssMib, peakRssMib }
}

/** Of a process that is not ours to ask. */
export function usageOf(pid: number): Usage {
  const memory = memoryOf(String(pid)) ?? { rssMib: Number.NaN, peakRssMib: Number.NaN }
  return { atNs: nowNs(), cpuUs: cpuOf(pid), ...memory }
}

function cpuOf(pid: number): number {
  try {
    // The name in brackets may hold anything; what follows it is numbers.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? []
    return ((Number(fields[11]) + Number(fields[12])) / TICKS_PER_S) * 1e6
  } catch {
    return Number.NaN
  }
}

/** VmHWM and not ru_maxrss, which a process inherits from the one that started it. */
function memoryOf(pid: string): { rssMib: number; peakRssMib: number } | null {
  try {
    const text = readFileSync(`/proc/${pid}/status`, 'utf8')
    const mib = (name: string): number => Number(new RegExp(`${name}:\\s+(\\d+) kB`).exec(text)?.[1]) / KIB_PER_MIB
    return { rssMib: mib('VmRSS'), peakRssMib: mib('VmHWM') }
  } catch {
    return null
  }
}
