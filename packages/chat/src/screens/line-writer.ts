// Writes lines to a stream: all lines of one turn of the event loop in one write, and `ready()` as back-pressure.
import type { Output } from './screen.ts'

export class LineWriter {
  readonly #output: Output
  #pending: string[] = []
  #full: Promise<void> | null = null

  constructor(output: Output) {
    this.#output = output
  }

  write(line: string): void {
    this.#pending.push(line)
    if (this.#pending.length === 1) setImmediate(() => this.flush())
  }

  flush(): void {
    if (this.#pending.length === 0) return
    const text = `${this.#pending.join('\n')}\n`
    this.#pending = []
    if (!this.#output.write(text)) this.#full ??= this.#drained()
  }

  /** Resolves when the stream takes more, or at once if it is gone, because then nobody waits for it. */
  async ready(): Promise<void> {
    await this.#full
  }

  #drained(): Promise<void> {
    return new Promise((resolve) => {
      const events = ['drain', 'error', 'close'] as const
      const done = () => {
        for (const event of events) this.#output.off(event, done)
        this.#full = null
        resolve()
      }
      for (const event of events) this.#output.once(event, done)
    })
  }
}
