// The open pages, each with a stream of server-sent events. A page that does not read is skipped: it gets the newest
// snapshot when it reads again, and nothing piles up for it here.
import type { ServerResponse } from 'node:http'

/** A page that has read nothing for this long is gone; if it is not, it reopens its stream. A guess. */
const SILENT_MS = 60_000
/** When a stream has ended, the browser reopens it after this time. A guess. */
const RETRY_MS = 2_000
const HEAD = { 'content-type': 'text/event-stream; charset=utf-8' }

export interface OpenPagesHost {
  /** The first page has opened: snapshots are wanted. */
  onFirst(): void
  /** The last page has gone. */
  onLast(): void
}

export class OpenPages {
  readonly #host: OpenPagesHost
  readonly #pages = new Set<OpenPage>()
  #newest: string | null = null

  constructor(host: OpenPagesHost) {
    this.#host = host
  }

  get size(): number {
    return this.#pages.size
  }

  add(response: ServerResponse): void {
    response.writeHead(200, HEAD)
    response.write(`retry: ${RETRY_MS}\n\n`)
    const page = new OpenPage(response)
    this.#pages.add(page)
    response.once('close', () => this.#remove(page))
    if (this.#newest !== null) page.send(this.#newest)
    if (this.#pages.size === 1) this.#host.onFirst()
  }

  /** Sends `data`, one line of text, to every page that reads. */
  send(data: string): void {
    this.#newest = `data: ${data}\n\n`
    for (const page of this.#pages) page.send(this.#newest)
  }

  #remove(page: OpenPage): void {
    page.end()
    this.#pages.delete(page)
    if (this.#pages.size > 0) return
    this.#newest = null
    this.#host.onLast()
  }
}

class OpenPage {
  readonly #response: ServerResponse
  /** What the page gets when it reads again. */
  #waiting: string | null = null
  #silence: NodeJS.Timeout | null = null

  constructor(response: ServerResponse) {
    this.#response = response
    response.on('drain', () => this.#onDrain())
  }

  send(text: string): void {
    if (this.#response.writableNeedDrain) {
      this.#waiting = text
      this.#silence ??= setTimeout(() => this.#response.destroy(), SILENT_MS)
      return
    }
    this.#response.write(text)
  }

  end(): void {
    if (this.#silence !== null) clearTimeout(this.#silence)
  }

  #onDrain(): void {
    this.end()
    this.#silence = null
    const text = this.#waiting
    this.#waiting = null
    if (text !== null) this.send(text)
  }
}
