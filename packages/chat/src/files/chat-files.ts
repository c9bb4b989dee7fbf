// Connects the files of a session to the disk and the network of its chat.
import { newOneTimeOrigin, type OneTimeOrigin } from '@floodnet/transport'
import type { SealedMail } from '../network/sealed-mail.ts'
import type { Effect, StepContext } from '../session/effects.ts'
import type { Session } from '../session/session.ts'
import { FileDesk } from './file-desk.ts'
import { removeOldParts } from './old-parts.ts'
import { onFileResult } from './on-file.ts'
import { type NextChunk, takeChunk } from './sending.ts'

export interface FilesHost {
  run(effects: readonly Effect[]): void
  context(): StepContext
}

export class ChatFiles {
  readonly desk: FileDesk
  readonly #folder: string | null
  readonly #mail: SealedMail
  readonly #host: FilesHost
  /**
   * One-time origins by the transfers whose chunks they send. One key replaces thousands, and reveals only that the
   * chunks belong together.
   */
  readonly #origins = new Map<string, OneTimeOrigin>()

  constructor(
    { session, downloads }: { readonly session: Session; readonly downloads?: string },
    mail: SealedMail,
    host: FilesHost
  ) {
    this.#folder = downloads ?? null
    this.#mail = mail
    this.#host = host
    this.desk = new FileDesk({
      folder: this.#folder,
      own: session.id,
      next: () => takeChunk(session),
      send: (chunk, data) => this.#send(session, chunk, data),
      done: (result) => host.run(onFileResult(session, result, host.context()))
    })
  }

  /** Removes the remains of files that stopped long ago. @returns how many it removed. */
  tidy(now: number): Promise<number> {
    return this.#folder === null ? Promise.resolve(0) : removeOldParts(this.#folder, now)
  }

  async #send(session: Session, { file, index, key }: NextChunk, data: Uint8Array): Promise<void> {
    const { wall, newId } = this.#host.context()
    const content = { kind: 'file-chunk', file, index } as const
    await this.#mail.sendApart(key, { id: newId(), content, data }, this.#originOf(session, file), wall)
  }

  #originOf({ files }: Session, file: string): OneTimeOrigin {
    for (const known of this.#origins.keys()) if (!files.outgoing.has(known)) this.#origins.delete(known)
    const origin = this.#origins.get(file) ?? newOneTimeOrigin()
    this.#origins.set(file, origin)
    return origin
  }
}
