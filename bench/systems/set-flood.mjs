// Flooding as it is written in an afternoon: a random id in front of every message, a Set of ids, each frame passed on
// by itself. For systems that bring links but no network.
import { randomBytes } from 'node:crypto'

/** Random 8, count 4. */
const ID_BYTES = 12
/** Ids remembered; then the older half goes. */
const MAX_IDS = 200_000

/** `send(link, frame)` sends to one link. */
export class SetFlood {
  #recent = new Set()
  #older = new Set()
  #links = new Set()
  #prefix = randomBytes(8)
  #count = 0
  #send
  #onMessage

  constructor(send, onMessage) {
    this.#send = send
    this.#onMessage = onMessage
  }

  get size() {
    return this.#links.size
  }

  add(link) {
    this.#links.add(link)
  }

  remove(link) {
    this.#links.delete(link)
  }

  write(message) {
    const frame = Buffer.allocUnsafe(ID_BYTES + message.length)
    this.#prefix.copy(frame)
    frame.writeUInt32BE(this.#count++, 8)
    frame.set(message, ID_BYTES)
    this.#isNew(frame)
    for (const link of this.#links) this.#send(link, frame)
  }

  onFrame(from, frame) {
    if (!this.#isNew(frame)) return
    this.#onMessage(frame.subarray(ID_BYTES))
    for (const link of this.#links) if (link !== from) this.#send(link, frame)
  }

  #isNew(frame) {
    const id = frame.toString('hex', 0, ID_BYTES)
    if (this.#recent.has(id) || this.#older.has(id)) return false
    this.#recent.add(id)
    if (this.#recent.size > MAX_IDS / 2) {
      this.#older = this.#recent
      this.#recent = new Set()
    }
    return true
  }
}
