// The stream of snapshots, reopened whenever it ends.
import type { Snapshot } from '../snapshot.ts'

/** The browser itself tries again, except where it was refused. A guess. */
const RETRY_MS = 5_000
/** If a node's snapshots are later than this, it does not answer. Some seconds of snapshots. */
const STALE_MS = 5_000

export type Connection = 'connecting' | 'live' | 'silent' | 'lost'

export interface StreamHost {
  onSnapshot(snapshot: Snapshot): void
  onConnection(connection: Connection): void
}

export function openStream(host: StreamHost): void {
  const source = new EventSource('events')
  let silence = 0
  const listen = (): void => {
    clearTimeout(silence)
    silence = setTimeout(() => host.onConnection('silent'), STALE_MS)
  }
  source.onopen = listen
  source.onmessage = ({ data }: MessageEvent<string>) => {
    listen()
    host.onConnection('live')
    host.onSnapshot(JSON.parse(data) as Snapshot)
  }
  source.onerror = () => {
    clearTimeout(silence)
    host.onConnection('lost')
    if (source.readyState !== EventSource.CLOSED) return
    setTimeout(() => openStream(host), RETRY_MS)
  }
}
