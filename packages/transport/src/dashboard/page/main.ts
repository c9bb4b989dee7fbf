// The page: receives snapshots, and lets each part show its own.
import type { Snapshot } from '../snapshot.ts'
import { Charts } from './charts.ts'
import { Details } from './details.ts'
import { byId, setText } from './dom.ts'
import { EventList } from './feed.ts'
import { verdictOn } from './health.ts'
import { Links } from './links.ts'
import { Losses } from './losses.ts'
import { type Connection, openStream } from './stream.ts'
import { Tiles } from './tiles.ts'

const ID_DIGITS = 16

const events = new EventList()
const parts = [new Tiles(), new Charts(), new Links(), events, new Losses(), new Details()]
let newest: Snapshot | null = null

openStream({
  onSnapshot(snapshot) {
    newest = snapshot
    showNode(snapshot)
    for (const part of parts) part.show(snapshot)
    showVerdict('live')
  },
  onConnection(connection) {
    if (connection === 'lost') events.forget()
    if (connection !== 'live') showVerdict(connection)
  }
})

function showNode({ id, address, figures: { links } }: Snapshot): void {
  setText(byId('id'), id.slice(0, ID_DIGITS))
  byId('id').title = id
  setText(byId('where'), address === null ? 'does not listen' : `at ${address}`)
  document.title = `${links.dialled + links.accepted} links · floodnet`
}

function showVerdict(connection: Connection): void {
  const { text, level } = verdictOn(connection, newest)
  const status = byId('status')
  setText(status, text)
  status.dataset.level = level
  document.body.classList.toggle('stale', connection !== 'live')
}
