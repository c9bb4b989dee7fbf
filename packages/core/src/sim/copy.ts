// Copies a simulated world as it is, so that one grown network serves many experiments.
import { EventQueue } from './event-queue.ts'
import { copyRandom } from './random.ts'
import type { Sim } from './state.ts'
import { Trace } from './trace.ts'

/**
 * Continues exactly as the original would; neither affects the other. Events of an experiment's own script cannot be
 * copied.
 */
export function copySim(sim: Sim): Sim {
  const copyOf = newCopier()
  const { queue, trace, random, onEvent, onDelivery, onMessage, stream, ...state } = sim
  if (stream !== null) throw new Error('a stream that is under way cannot be copied')
  return {
    ...(copyOf(state) as typeof state),
    queue: new EventQueue(queue, copyOf),
    trace: new Trace(trace),
    random: copyRandom(random),
    onEvent,
    onDelivery,
    onMessage,
    stream
  }
}

/** An object that the original holds twice, the copy holds twice. Texts are shared, so equal ones stay one. */
function newCopier(): (value: unknown) => unknown {
  const copies = new Map<object, unknown>()
  const copyOf = (value: unknown): unknown => {
    if (typeof value === 'function') throw new Error('a script that is under way cannot be copied')
    if (typeof value !== 'object' || value === null) return value
    return copies.get(value) ?? copyObject(value, copies, copyOf)
  }
  return copyOf
}

function copyObject(value: object, copies: Map<object, unknown>, copyOf: (value: unknown) => unknown): unknown {
  const remember = <T extends object>(copy: T): T => {
    copies.set(value, copy)
    return copy
  }
  if (ArrayBuffer.isView(value)) return remember((value as Uint8Array).slice())
  if (Array.isArray(value)) {
    const copy = remember(value.slice())
    for (let i = 0; i < copy.length; i++) copy[i] = copyOf(copy[i])
    return copy
  }
  if (value instanceof Map) {
    const copy = remember(new Map())
    for (const [key, item] of value) copy.set(copyOf(key), copyOf(item))
    return copy
  }
  if (value instanceof Set) {
    const copy = remember(new Set())
    for (const item of value) copy.add(copyOf(item))
    return copy
  }
  // A spread keeps the engine's layout of the object; setting its fields one by one would not.
  const copy = remember({ ...value }) as Record<string, unknown>
  for (const key in copy) if (typeof copy[key] === 'object') copy[key] = copyOf(copy[key])
  return copy
}
