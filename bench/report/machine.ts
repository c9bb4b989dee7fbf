// The machine that figures belong to.
import { availableParallelism, cpus, loadavg, release, totalmem, type } from 'node:os'

export function describeMachine(): string {
  const gib = (totalmem() / 1024 ** 3).toFixed(0)
  const load = loadavg().map((value) => value.toFixed(1))
  const model = cpus()[0]?.model.trim() ?? 'unknown processor'
  return `${availableParallelism()} x ${model}, ${gib} GiB, ${type()} ${release()}, Node ${process.version}, load ${load.join(' ')}`
}
