// What a bridge says to nodes of the tutorial's part 6, which print only signed messages that show their work, and
// complain about everything else. The bridge signs with a key of its own; the line says who spoke.
import { generateKeyPair, hash, type KeyObject, sign } from 'node:crypto'
import { setImmediate as turn } from 'node:timers/promises'
import { promisify } from 'node:util'
import { asGoWrites } from './go-json.ts'
import { difficultyOf } from './part6.ts'

/**
 * Part 6 has 4096. The work grows with the key, which is in each message twice, and a bridge vouches for nothing: the
 * smallest key that Go still accepts silently is enough.
 */
const KEY_BITS = 2_048
/** Messages that may wait for their work. At some 70,000 hashes each, more would arrive too late (a guess). */
const MAX_WAITING = 32
/** How long hashing may delay everything else, in ms. A guess. */
const SLICE_MS = 5

interface Keys {
  readonly privateKey: KeyObject
  /** As part 6 carries it: a PEM of its own heading, in base64. */
  readonly from: string
}

export class Part6Writer {
  #keys: Promise<Keys> | null = null
  #last: Promise<unknown> = Promise.resolve()
  #waiting = 0
  #isClosed = false

  /**
   * The payload of a message; one after the other. Null: too many are waiting, or the writer is closed.
   * @param id one that no other message has: part 6 prints each once
   */
  async write(text: string, id: bigint): Promise<Uint8Array | null> {
    if (this.#isClosed || this.#waiting >= MAX_WAITING) return null
    this.#waiting++
    this.#keys ??= newKeys()
    const keys = this.#keys
    const done = this.#last.then(async () => this.#work(signed(text, id, await keys)))
    this.#last = done
    return done.finally(() => this.#waiting--)
  }

  /** Gives up what waits. */
  close(): void {
    this.#isClosed = true
  }

  async #work(message: string): Promise<Uint8Array | null> {
    const base64 = Buffer.from(message).toString('base64')
    const difficulty = difficultyOf(Buffer.byteLength(message))
    let sliceEndMs = performance.now() + SLICE_MS
    for (let nonce = 0; !this.#isClosed; nonce++) {
      const worked = `{"Nonce":${nonce},"Encrypted":false,"Message":"${base64}"}`
      if (hash('sha256', worked, 'buffer').readUInt32BE() > difficulty) return Buffer.from(worked)
      if (performance.now() < sliceEndMs) continue
      await turn()
      sliceEndMs = performance.now() + SLICE_MS
    }
    return null
  }
}

/** Go signs the message with null in place of its signature, and verifies it that way. */
function signed(text: string, id: bigint, { privateKey, from }: Keys): string {
  const message = (signature: string): string =>
    `{"Text":${asGoWrites(text)},"From":"${from}","Signature":${signature},"Nonce":${id}}`
  return message(`"${sign('sha256', Buffer.from(message('null')), privateKey).toString('base64')}"`)
}

async function newKeys(): Promise<Keys> {
  const { publicKey, privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: KEY_BITS })
  const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString().replaceAll('PUBLIC KEY', 'RSA PUBLIC KEY')
  return { privateKey, from: Buffer.from(pem).toString('base64') }
}
