// The tutorial's nodes as a side of the bridge.
import { map, merge, Subject } from 'rxjs'
import type { TutorialPacket } from '../gob/packet.ts'
import type { BridgedMessage, ForeignMessage, Refusal, Side } from '../side.ts'
import type { PeerEvent } from './messages.ts'
import { readText, type TutorialFormat, writeText } from './text-formats.ts'
import type { TutorialNode } from './tutorial-node.ts'

/** How the side is called, and how it writes. */
export interface TutorialSideOptions {
  /** Marks names that come from there: 'gob' makes bob 'bob@gob'. */
  readonly name: string
  /** Default: as the network was last heard to do, and JSON before anything was heard. */
  readonly format?: TutorialFormat | null
}

/** The side owns the node and closes it. */
export function tutorialSide(node: TutorialNode, { name, format = null }: TutorialSideOptions): Side {
  let habit: TutorialFormat = 'json'
  const unread$ = new Subject<string>()
  // As soon as the node runs it hears, and what is heard before anybody subscribes is nobody's.
  const foreign$ = new Subject<ForeignMessage>()
  node.foreign$.subscribe({ next: onPacket, complete: () => foreign$.complete() })

  function onPacket(packet: TutorialPacket): void {
    const reading = readText(packet)
    if (reading.kind === 'unread') return unread$.next(reading.reason)
    if (reading.format !== 'signed') habit = reading.format
    foreign$.next(reading.foreign)
  }

  return {
    name,
    hasIds: true,
    foreign$,
    notices$: node.events$.pipe(map(noticeOf)),
    losses$: merge(unread$, node.dropped$).pipe(map((reason) => ({ reason }))),
    say(word: BridgedMessage): Promise<Refusal | null> {
      const payload = writeText(word, format ?? habit)
      if (payload === null)
        return Promise.resolve({ refused: `on ${name} everybody reads every line: nothing direct can be said` })
      if (node.neighbours.length === 0)
        return Promise.resolve({ refused: `no node of ${name} is a neighbour`, onlyHere: true })
      node.say(payload, word.id)
      return Promise.resolve(null)
    },
    async close() {
      await node.close()
      unread$.complete()
    }
  }
}

function noticeOf(event: PeerEvent): string {
  switch (event.kind) {
    case 'neighbour-up':
      return `node ${event.nodeId} at ${event.address} is a neighbour`
    case 'neighbour-down':
      return `node ${event.nodeId} at ${event.address} is gone: ${event.reason}`
    case 'dial-failed':
      return `${event.address} cannot be reached: ${event.reason}`
    case 'refused':
      return `refused ${event.host === '' ? 'a peer' : event.host}: ${event.reason}`
  }
}
