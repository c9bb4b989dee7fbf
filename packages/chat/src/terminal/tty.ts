// The terminal itself: raw mode and the alternate screen while the chat runs, and everything restored afterwards: when
// it leaves, when it crashes, when a signal ends it, and while it is stopped.
import { writeSync } from 'node:fs'
import type { Device, DeviceListener } from './full-screen.ts'
import type { ColourDepth } from './layout/tones.ts'
import type { Size } from './model/model.ts'

// Alternate screen (1049); pastes marked (2004); focus reported (1004); no wrapping at the edge (7), so that a
// character that the terminal finds wider than we do stays in its row; no arrow keys for the wheel (1007), which is on
// by default in most terminals: set again, and restored where that is known.
const ENTER = '\u001B[?1049h\u001B[?2004h\u001B[?1004h\u001B[?7l\u001B[?1007s\u001B[?1007l\u001B[2J'
const LEAVE =
  '\u001B[0m\u001B[?2026l\u001B[?7h\u001B[?1007h\u001B[?1007r\u001B[?1004l\u001B[?2004l\u001B[?25h\u001B[?1049l'

/** The chat leaves properly at the first of these; the second ends the process at once. */
const LEAVING_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
const DEADLY_SIGNALS = ['SIGQUIT', 'SIGABRT'] as const
/**
 * How long after a stop we take the terminal back if nothing has stopped the process: a group without a shell cannot be
 * stopped.
 */
const RETAKE_MS = 200

export type TtyOutput = NodeJS.WriteStream & { readonly fd: number }

export function openTty(input: NodeJS.ReadStream, output: TtyOutput): Device {
  return new Tty(input, output)
}

/** The colours that the terminal has and the user wants; Node respects NO_COLOR and the like. */
export function colourDepthOf(output: NodeJS.WriteStream): ColourDepth {
  const bits = output.getColorDepth()
  if (bits >= 8) return 256
  return bits >= 4 ? 16 : 0
}

class Tty implements Device {
  readonly #input: NodeJS.ReadStream
  readonly #output: TtyOutput
  readonly #undo: (() => void)[] = []
  #listener: DeviceListener | null = null
  #isTaken = false
  #signals = 0
  readonly #onStop = () => this.suspend()

  constructor(input: NodeJS.ReadStream, output: TtyOutput) {
    this.#input = input
    this.#output = output
  }

  // Some pseudo-terminals report no size.
  get size(): Size {
    return { columns: Math.max(1, this.#output.columns || 80), rows: Math.max(1, this.#output.rows || 24) }
  }

  write(bytes: string): boolean {
    return this.#isTaken ? this.#output.write(bytes) : true
  }

  open(listener: DeviceListener): void {
    this.#listener = listener
    this.#listen(this.#input, 'data', (chunk: Uint8Array) => listener.onData(chunk))
    this.#listen(this.#input, 'end', () => listener.onEnd())
    // Reading fails (EIO) if the terminal is gone, or belongs to a shell that does not wait for us. We never stop
    // listening: it may fail while the chat leaves, too.
    this.#input.on('error', () => this.#listener?.onEnd())
    this.#listen(this.#output, 'drain', () => listener.onDrain())
    this.#listen(this.#output, 'resize', () => listener.onResize())
    // Before the trace of a crash is printed, or it would vanish with the alternate screen.
    this.#listen(process, 'uncaughtExceptionMonitor', () => this.#giveBack())
    this.#listen(process, 'exit', () => this.#giveBack())
    for (const signal of LEAVING_SIGNALS) this.#listen(process, signal, () => this.#onLeaving(signal))
    for (const signal of DEADLY_SIGNALS) this.#listen(process, signal, () => this.#die(signal))
    process.on('SIGTSTP', this.#onStop)
    this.#undo.push(() => process.off('SIGTSTP', this.#onStop))
    this.#listen(process, 'SIGCONT', () => this.#take())
    this.#take()
    this.#input.resume()
  }

  suspend(): void {
    this.#giveBack()
    // Like the kernel for Ctrl-Z: stops the whole group, so that a shell sees its job stopped. We must not listen
    // during this.
    process.off('SIGTSTP', this.#onStop)
    try {
      process.kill(0, 'SIGTSTP')
    } catch {
      // This system (Windows) has no such signal: nothing stops, and the screen is back.
      return this.#retake()
    }
    setTimeout(() => this.#retake(), RETAKE_MS)
  }

  close(): void {
    this.#giveBack()
    this.#listener = null
    for (const undo of this.#undo.splice(0)) undo()
    this.#input.pause()
  }

  #retake(): void {
    if (this.#listener === null) return
    process.off('SIGTSTP', this.#onStop).on('SIGTSTP', this.#onStop)
    this.#take()
  }

  #take(): void {
    if (this.#listener === null) return
    this.#input.setRawMode(true)
    if (!this.#isTaken) this.#output.write(ENTER)
    this.#isTaken = true
    this.#listener.onResize()
  }

  // Bypasses the stream: this may be the last thing that the process does.
  #giveBack(): void {
    if (!this.#isTaken) return
    this.#isTaken = false
    try {
      writeSync(this.#output.fd, LEAVE)
      this.#input.setRawMode(false)
    } catch {
      // The terminal is gone: there is nothing to give back.
    }
  }

  #onLeaving(signal: NodeJS.Signals): void {
    if (++this.#signals > 1) this.#die(signal)
  }

  #die(signal: NodeJS.Signals): void {
    this.close()
    process.removeAllListeners(signal)
    process.kill(process.pid, signal)
  }

  #listen(source: NodeJS.EventEmitter, event: string, listener: (...details: never[]) => void): void {
    source.on(event, listener as (...details: unknown[]) => void)
    this.#undo.push(() => source.off(event, listener as (...details: unknown[]) => void))
  }
}
