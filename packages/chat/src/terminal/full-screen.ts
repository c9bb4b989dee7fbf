// The full screen: brings events and keys to the model, and paints the result, at most some 30 times a second however
// much happens. Knows no process and no terminal: the device and the clock are parameters, so that tests run it in
// virtual time.
import { EventEmitter, on } from 'node:events'
import {
  type Completer,
  type ConversationKey,
  NOWHERE,
  type Screen,
  type ScreenEvent,
  type TypedLine
} from '../screens/screen.ts'
import { abilitiesOf } from './abilities.ts'
import { type Alerting, alertBytes } from './alerts.ts'
import { onKey } from './bindings.ts'
import { KeyReader } from './keys/keys.ts'
import type { ColourDepth } from './layout/tones.ts'
import { type Effect, type Model, type Now, newModel, onEvent, type Size } from './model/model.ts'
import { Painter } from './paint.ts'
import { viewOf } from './view/view.ts'

/** Between two frames: 30 a second look smooth, and leave the machine to the network. */
export const FRAME_MS = 33
/**
 * How long the rest of a sequence may take after an Escape. Over slow links, sequences come in pieces; vim waits as
 * long for key codes.
 */
export const ESCAPE_WAIT_MS = 100
/**
 * How long the rest of a paste or of a terminal's answer may take, because its end may be lost. Pastes over slow links
 * stall for less (a guess).
 */
export const PASTE_WAIT_MS = 1_000

/** The parts of a terminal that a screen needs. */
export interface Device {
  readonly size: Size
  /** False: it takes no more until it calls `onDrain`. */
  write(bytes: string): boolean
  open(listener: DeviceListener): void
  /** Gives the terminal back until the user brings the program to the front again; `onResize` follows. */
  suspend(): void
  close(): void
}

export interface DeviceListener {
  onData(bytes: Uint8Array): void
  /** The size changed, or something else drew on the screen: paint all of it. */
  onResize(): void
  onDrain(): void
  /** The terminal is gone. */
  onEnd(): void
}

export interface Clock {
  now(): Now
  /** Returns a function that cancels it. */
  after(ms: number, action: () => void): () => void
}

export interface FullScreenParts {
  readonly device: Device
  readonly clock: Clock
  readonly depth: ColourDepth
  readonly alerting: Alerting
  readonly env: NodeJS.ProcessEnv
}

export class FullScreen implements Screen, DeviceListener {
  /** The typed lines, in order; ends at Ctrl-D, Ctrl-C or `close()`. */
  readonly lines: AsyncIterable<TypedLine>
  readonly #parts: FullScreenParts
  readonly #model: Model
  readonly #painter: Painter
  readonly #keys = new KeyReader()
  readonly #typed = new EventEmitter()
  #callOffPaint: (() => void) | null = null
  #callOffFlush: (() => void) | null = null
  #paintedAt = Number.NEGATIVE_INFINITY
  #isBlocked = false
  #isClosed = false

  constructor(parts: FullScreenParts) {
    this.#parts = parts
    this.#model = newModel(parts.device.size)
    this.#painter = new Painter(parts.depth, abilitiesOf(parts.env))
    // Not a generator itself: it listens from now on, so that a line typed before the first read is kept.
    this.lines = linesOf(on(this.#typed, 'line', { close: ['end'] }))
    parts.device.open(this)
    this.#changed()
  }

  show(event: ScreenEvent): void {
    this.#run(onEvent(this.#model, event, this.#parts.clock.now()))
  }

  setPrompt(prompt: string): void {
    this.#model.prompt = prompt
    this.#changed()
  }

  setCompleter(completer: Completer): void {
    this.#model.completer = completer
  }

  front(): ConversationKey {
    const { focused, bare, conversations } = this.#model
    // A user who looks back, or at the bare view, does not see what is new.
    const seesNews = focused && bare === null && conversations.current.bottom === null
    return seesNews ? conversations.current.key : NOWHERE
  }

  // The screen skips what comes too fast, so there is never a reason to wait.
  async ready(): Promise<void> {}

  async close(): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#callOffPaint?.()
    this.#callOffFlush?.()
    this.#typed.emit('end')
    this.#parts.device.close()
  }

  onData(bytes: Uint8Array): void {
    const isMore = this.#keys.isMore(bytes)
    const before = this.#keys.waiting
    this.#press(this.#keys.read(bytes))
    const { waiting } = this.#keys
    if (waiting === before && !isMore) return
    this.#callOffFlush?.()
    this.#callOffFlush = null
    if (waiting === 'nothing') return
    const wait = waiting === 'paste' ? PASTE_WAIT_MS : ESCAPE_WAIT_MS
    this.#callOffFlush = this.#parts.clock.after(wait, () => this.#press(this.#keys.flush()))
  }

  onResize(): void {
    this.#model.size = this.#parts.device.size
    this.#painter.forget()
    this.#changed()
  }

  onDrain(): void {
    this.#isBlocked = false
    this.#changed()
  }

  onEnd(): void {
    this.#run([{ kind: 'leave' }])
  }

  #press(keys: ReturnType<KeyReader['read']>): void {
    for (const key of keys) this.#run(onKey(this.#model, key, this.#parts.clock.now()))
  }

  #run(effects: readonly Effect[]): void {
    for (const effect of effects) this.#carryOut(effect)
    this.#changed()
  }

  #carryOut(effect: Effect): void {
    const { device, alerting, env } = this.#parts
    switch (effect.kind) {
      case 'line':
        return void this.#typed.emit('line', effect.line)
      case 'alert': {
        const bytes = alertBytes(effect.from, effect.text, alerting, env)
        if (bytes !== '') device.write(bytes)
        return
      }
      case 'leave':
        this.#model.prompt = 'leaving '
        return void this.#typed.emit('end')
      case 'suspend':
        return device.suspend()
      case 'redraw':
        return this.#painter.forget()
    }
  }

  #changed(): void {
    if (this.#callOffPaint !== null || this.#isBlocked || this.#isClosed) return
    const { clock } = this.#parts
    const wait = Math.max(0, this.#paintedAt + FRAME_MS - clock.now().ms)
    this.#callOffPaint = clock.after(wait, () => this.#paint())
  }

  #paint(): void {
    this.#callOffPaint = null
    this.#paintedAt = this.#parts.clock.now().ms
    const bytes = this.#painter.paint(viewOf(this.#model))
    if (bytes !== '' && !this.#parts.device.write(bytes)) this.#isBlocked = true
  }
}

async function* linesOf(events: AsyncIterable<TypedLine[]>): AsyncGenerator<TypedLine> {
  for await (const [line] of events) if (line !== undefined) yield line
}
