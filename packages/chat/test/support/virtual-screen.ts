// A full screen on a device and a clock of the test: what is painted ends on a small terminal, and time passes when the
// test says so.
import type { TypedLine } from '../../src/screens/screen.ts'
import type { Alerting } from '../../src/terminal/alerts.ts'
import { type Clock, type Device, type DeviceListener, FullScreen } from '../../src/terminal/full-screen.ts'
import type { Now, Size } from '../../src/terminal/model/model.ts'
import { NOON } from './screen-events.ts'
import { Vt } from './vt.ts'

export class VirtualClock implements Clock {
  #ms = 0
  #timers: { at: number; action: () => void }[] = []

  now(): Now {
    return { at: NOON + this.#ms, ms: this.#ms }
  }

  after(ms: number, action: () => void): () => void {
    const timer = { at: this.#ms + ms, action }
    this.#timers.push(timer)
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer)
    }
  }

  pass(ms: number): void {
    const end = this.#ms + ms
    for (;;) {
      const due = this.#timers.filter(({ at }) => at <= end).sort((one, other) => one.at - other.at)[0]
      if (due === undefined) break
      this.#timers = this.#timers.filter((other) => other !== due)
      this.#ms = Math.max(this.#ms, due.at)
      due.action()
    }
    this.#ms = end
  }
}

export class VirtualDevice implements Device {
  size: Size
  vt: Vt
  /** Everything written, one string for each write: each a frame or an alert. */
  readonly writes: string[] = []
  takesMore = true
  suspended = 0
  closed = 0
  #listener: DeviceListener | null = null

  constructor(size: Size) {
    this.size = size
    this.vt = new Vt(size.columns, size.rows)
  }

  write(bytes: string): boolean {
    this.writes.push(bytes)
    if (bytes.includes('\u001B[?2026h')) this.vt.write(bytes)
    return this.takesMore
  }

  open(listener: DeviceListener): void {
    this.#listener = listener
  }

  suspend(): void {
    this.suspended++
  }

  close(): void {
    this.closed++
  }

  type(text: string): void {
    this.#listener?.onData(Buffer.from(text))
  }

  drain(): void {
    this.takesMore = true
    this.#listener?.onDrain()
  }

  end(): void {
    this.#listener?.onEnd()
  }

  resize(size: Size): void {
    this.size = size
    this.vt = new Vt(size.columns, size.rows)
    this.#listener?.onResize()
  }
}

export interface VirtualScreen {
  readonly screen: FullScreen
  readonly device: VirtualDevice
  readonly clock: VirtualClock
}

export function openVirtual(
  columns = 80,
  rows = 24,
  alerting: Alerting = { bell: false, notify: false }
): VirtualScreen {
  const device = new VirtualDevice({ columns, rows })
  const clock = new VirtualClock()
  const screen = new FullScreen({ device, clock, depth: 256, alerting, env: {} })
  screen.setPrompt('bob: ')
  clock.pass(1000)
  return { screen, device, clock }
}

/** All lines that were typed until the end. */
export async function linesOf(screen: FullScreen): Promise<TypedLine[]> {
  const lines: TypedLine[] = []
  for await (const line of screen.lines) lines.push(line)
  return lines
}
