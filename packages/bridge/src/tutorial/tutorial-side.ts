// The tutorial's nodes as a side of the bridge.
import { map, merge, Subject } from 'rxjs'
import type { TutorialPacket } from '../gob/packet.ts'
import { lineOf } from '../names.ts'
import type { BridgedMessage, ForeignMessage, Refusal, Side } from '../side.ts'
import type { PeerEvent, RefusalReason } from './messages.ts'
import { Part6Writer } from './part6-writer.ts'
import { readText, type TutorialFormat, writeText } from './text-formats.ts'
import type { TutorialNode } from './tutorial-node.ts'

/** The side's name, and how it writes. */
export interface TutorialSideOptions {
  /** Marks names that come from there: 'gob' makes bob 'bob@gob'. */
  readonly name: string
  /** Default: the format last heard in the network, and JSON before that. */
  readonly format?: TutorialFormat | null
}

/** The work grows with the square of the length: some 2 s of a core for this many bytes (measured). */
const MAX_WORKED_BYTES = 4_096

/** The side owns the node and closes it. */
export function tutorialSide(node: TutorialNode, { name, format = null }: TutorialSideOptions): Side {
  let habit: TutorialFormat = 'json'
  const part6 = new Part6Writer()
  const unread$ = new Subject<string>()
  // The node hears as soon as it runs, and nobody would get what comes before a subscription.
  const foreign$ = new Subject<ForeignMessage>()
  node.foreign$.subscribe({ next: onPacket, complete: () => foreign$.complete() })

  function onPacket(packet: TutorialPacket): void {
    const reading = readText(packet)
    if (reading.kind === 'unread') return unread$.next(reading.reason)
    habit = reading.format
    foreign$.next(reading.foreign)
  }

  async function payloadOf(word: BridgedMessage): Promise<Uint8Array | Refusal> {
    const how = format ?? habit
    if (how !== 'signed')
      return writeText(word, how) ?? { refused: `on ${name} everybody reads every line: nothing direct can be said` }
    if (word.to !== '') return { refused: `on ${name} direct messages are sealed for one reader: a bridge cannot` }
    const line = lineOf(word.from, word.text)
    if (Buffer.byteLength(line) > MAX_WORKED_BYTES)
      return { refused: `a text of over ${MAX_WORKED_BYTES} bytes: part 6 asks for too much work` }
    const payload = await part6.write(line, word.id)
    return payload ?? { refused: `too many messages for ${name} wait for their proof of work`, onlyHere: true }
  }

  return {
    name,
    hasIds: true,
    foreign$,
    notices$: node.events$.pipe(map(noticeOf)),
    losses$: merge(unread$, node.dropped$).pipe(map((reason) => ({ reason }))),
    async say(word: BridgedMessage): Promise<Refusal | null> {
      const nobody = { refused: `no node of ${name} is a neighbour`, onlyHere: true }
      if (node.neighbours.length === 0) return nobody
      const payload = await payloadOf(word)
      if (!(payload instanceof Uint8Array)) return payload
      if (node.neighbours.length === 0) return nobody
      node.say(payload, word.id)
      return null
    },
    async close() {
      part6.close()
      await node.close()
      unread$.complete()
    }
  }
}

const REFUSALS: Partial<Record<RefusalReason, string>> = {
  silent:
    'it said nothing, as programs of the tutorial below part 4 do until somebody types: a bridge needs part 4 or later'
}

function noticeOf(event: PeerEvent): string {
  switch (event.kind) {
    case 'neighbour-up':
      return `node ${event.nodeId} at ${event.address} is a neighbour`
    case 'neighbour-down':
      return `node ${event.nodeId} at ${event.address} is gone: ${event.reason}`
    case 'dial-failed':
      return `${event.address} cannot be reached: ${event.reason}`
    case 'wrong-program':
      return `${event.address} is not a node of the tutorial's parts 4 to 6: it speaks ${event.speech}`
    case 'unanswered':
      return `${event.address} took our request and nobody answered: a node of the tutorial's part 4 or later would, if it can dial us at ${event.own}`
    case 'refused':
      return `refused ${event.host === '' ? 'a peer' : event.host}: ${REFUSALS[event.reason] ?? event.reason}`
  }
}
