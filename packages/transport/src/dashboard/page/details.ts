// Everything else that a node reports, as pairs of words and figures.
import { delay, percent, quantity, short } from '../../figures/units.ts'
import type { Snapshot } from '../snapshot.ts'
import { byId, element, setText } from './dom.ts'

const DETAILS: Readonly<Record<string, (snapshot: Snapshot) => string>> = {
  Threads: ({ rates }) =>
    listOf(Object.entries(rates?.busy ?? {}).map(([thread, share]) => `${thread} ${percent(share)} busy`)),
  'Event loop late by': ({ figures: { eventLoopDelaySeconds: late } }) =>
    `${delay(late.p99)} (p99), ${delay(late.max)} at most`,
  'I/O threads': ({ figures: { workers } }) => `${workers.running} running, ${workers.restarts} restarts`,
  Queues: ({ figures: { queues } }) =>
    listOf(Object.entries(queues).map(([name, bytes]) => `${name} ${quantity(bytes, 'B')}`)),
  Dials: ({ dials }) => `${short(dials.started)} begun, ${short(dials.opened)} opened, ${short(dials.failed)} failed`,
  'Links closed': ({ closes }) => listOf(Object.entries(closes).map(([reason, count]) => `${reason} ${short(count)}`)),
  'Links closing': ({ closing }) => String(closing),
  'Messages in all': ({ figures: { messages } }) =>
    `${short(messages.delivered)} delivered, ${short(messages.written)} written`,
  'Packets in all': ({ figures: { packets } }) => `${short(packets.in)} in, ${short(packets.out)} out`,
  Authors: ({ figures: { origins } }) => short(origins),
  Version: ({ figures: { version } }) => version
}

export class Details {
  readonly #values = Object.entries(DETAILS).map(([name, words]) => {
    const value = element('dd')
    byId('details').append(element('dt', '', name), value)
    return { value, words }
  })

  show(snapshot: Snapshot): void {
    for (const { value, words } of this.#values) setText(value, words(snapshot))
  }
}

function listOf(texts: readonly string[]): string {
  return texts.length === 0 ? '-' : texts.join(', ')
}
