// What this process uses of its machine, under the names that Prometheus' client libraries use.
import { readdirSync, readFileSync } from 'node:fs'
import { type Family, type Sample, single } from './exposition.ts'

const US_PER_S = 1e6

export const PROCESS_METRICS: readonly Family<NodeJS.Process>[] = [
  {
    name: 'process_cpu_seconds_total',
    type: 'counter',
    help: 'Processor time of all threads.',
    samples: (process) => {
      const { user, system } = process.cpuUsage()
      return single((user + system) / US_PER_S)
    }
  },
  gauge('process_start_time_seconds', 'When the process started, in Unix seconds.', (process) =>
    single(Date.now() / 1000 - process.uptime())
  ),
  gauge('process_resident_memory_bytes', 'Memory of the process.', (process) => single(process.memoryUsage.rss())),
  gauge('process_open_fds', 'Files and sockets that are open; on Linux only.', () => openFiles()),
  gauge('process_max_fds', 'Files and sockets that may be open; on Linux only.', () => maxFiles()),
  gauge('nodejs_heap_size_used_bytes', 'Heap in use on the main thread.', (process) =>
    single(process.memoryUsage().heapUsed)
  ),
  gauge('nodejs_heap_size_total_bytes', 'Heap of the main thread.', (process) =>
    single(process.memoryUsage().heapTotal)
  ),
  gauge('nodejs_external_memory_bytes', 'Memory of buffers outside the heap.', (process) =>
    single(process.memoryUsage().external)
  )
]

function gauge(
  name: string,
  help: string,
  samples: (process: NodeJS.Process) => readonly Sample[]
): Family<NodeJS.Process> {
  return { name, type: 'gauge', help, samples }
}

function openFiles(): Sample[] {
  return whereThereIs(() => readdirSync('/proc/self/fd').length)
}

function maxFiles(): Sample[] {
  return whereThereIs(() => {
    const limit = /^Max open files\s+(\S+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1]
    return limit === 'unlimited' ? Number.POSITIVE_INFINITY : Number(limit)
  })
}

/** No sample on systems without /proc. */
function whereThereIs(read: () => number): Sample[] {
  try {
    return single(read())
  } catch {
    return []
  }
}
