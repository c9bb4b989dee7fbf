// Simulated time: a heap of things to do, in the order of their times and then of their entry.

interface Task {
  readonly at: number
  readonly order: number
  readonly run: () => void
}

export interface Agenda {
  readonly heap: Task[]
  order: number
  now: number
}

export function createAgenda(): Agenda {
  return { heap: [], order: 0, now: 0 }
}

export function schedule(agenda: Agenda, at: number, run: () => void): void {
  const { heap } = agenda
  heap.push({ at: Math.max(at, agenda.now), order: agenda.order++, run })
  let child = heap.length - 1
  while (child > 0) {
    const parent = (child - 1) >> 1
    if (!swapIfLater(heap, parent, child)) return
    child = parent
  }
}

/** Runs what comes next, if it comes by `until`. False when there is nothing, and the time is `until` then. */
export function runNext(agenda: Agenda, until: number): boolean {
  const first = agenda.heap[0]
  if (!first || first.at > until) {
    agenda.now = Math.max(agenda.now, until)
    return false
  }
  removeFirst(agenda.heap)
  agenda.now = first.at
  first.run()
  return true
}

function removeFirst(heap: Task[]): void {
  const last = heap.pop()
  if (!last || heap.length === 0) return
  heap[0] = last
  let parent = 0
  for (;;) {
    const left = 2 * parent + 1
    if (left >= heap.length) return
    const child = left + 1 < heap.length && isLater(heap[left], heap[left + 1]) ? left + 1 : left
    if (!swapIfLater(heap, parent, child)) return
    parent = child
  }
}

function swapIfLater(heap: Task[], parent: number, child: number): boolean {
  const [a, b] = [heap[parent], heap[child]]
  if (!a || !b || !isLater(a, b)) return false
  heap[parent] = b
  heap[child] = a
  return true
}

function isLater(a: Task | undefined, b: Task | undefined): boolean {
  if (!a || !b) return false
  return a.at !== b.at ? a.at > b.at : a.order > b.order
}
