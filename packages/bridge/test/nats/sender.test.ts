// The order in which packets are sent, and sent again, when the server forgets, refuses or is away.
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { until } from '../../../../test/support/wait.ts'
import { type CarriedPacket, HEADER } from '../../src/nats/carried-packet.ts'
import { NATS_DEFAULTS, type NatsLimits } from '../../src/nats/options.ts'
import { type NatsMessage, type Outcome, Sender } from '../../src/nats/sender.ts'
import { noNatsCounts } from '../../src/nats/stats.ts'

const PATIENCE_MS = 30_000

const test = suite('from the flood to NATS')

test('packets go in their order, with the headers of the bridge, counted when they are confirmed', async () => {
  const { sender, sent, counts } = rig()
  for (const id of ['a', 'b', 'c']) await sender.add(packet(id))
  await until(() => counts.packets.out === 3, PATIENCE_MS, 'all confirmed')
  assert.equal(
    sent.flat().map(({ id }) => id),
    ['a', 'b', 'c']
  )
  assert.equal(
    sent.flat().map(({ headers }) => headers.get(HEADER.number)),
    ['1', '2', '3']
  )
  assert.ok(sent.flat().every(({ headers }) => headers.get(HEADER.flood) === 'x'))
  assert.is(counts.bytes.out, 30)
  await sender.close()
})

test('after one that is not sure everything is sent again from there on, under the same numbers', async () => {
  const { sender, sent, counts, host } = rig({ outcomes: [['kept', 'unsure', 'kept']], connected: false })
  for (const id of ['a', 'b', 'c']) await sender.add(packet(id))
  host.connected = true
  await until(() => counts.packets.out === 3, PATIENCE_MS, 'all confirmed')
  assert.equal(
    sent.map((round) => round.map(({ id, headers }) => `${id}${headers.get(HEADER.number)}`)),
    [
      ['a1', 'b2', 'c3'],
      ['b2', 'c3']
    ]
  )
  await sender.close()
})

test('what is refused is counted and holds nobody up', async () => {
  const { sender, counts } = rig({ outcomes: [['refused', 'kept']] })
  for (const id of ['a', 'b']) await sender.add(packet(id))
  await until(() => counts.packets.out === 1, PATIENCE_MS, 'the other one')
  assert.is(counts.losses.refused, 1)
  await sender.close()
})

test('where nobody listens packets wait for somebody, and then are counted as lost', async () => {
  const patient = rig({ outcomes: [['nobody'], ['nobody']] })
  await patient.sender.add(packet('a'))
  await until(() => patient.counts.packets.out === 1, PATIENCE_MS, 'somebody')
  assert.equal([patient.sent.length, patient.counts.losses.nobody], [3, 0])
  await patient.sender.close()

  const hasty = rig({ outcomes: [['nobody'], ['nobody'], ['nobody'], ['nobody']], limits: { nobodyMs: 1 } })
  await hasty.sender.add(packet('a'))
  await until(() => hasty.counts.losses.nobody === 1, PATIENCE_MS, 'it is given up')
  await hasty.sender.close()
})

test('what another bridge has said is not said again, unless it was begun here', async () => {
  const heard = new Set(['a', 'c'])
  const { sender, sent, counts } = rig({ heard })
  for (const id of ['a', 'b', 'c', 'd']) await sender.add(packet(id))
  await until(() => counts.packets.out === 2, PATIENCE_MS, 'the rest')
  assert.equal(
    sent.flat().map(({ id }) => id),
    ['b', 'd']
  )
  assert.is(counts.known, 2)
  await sender.close()
})

test('a packet that is too large for one message goes in parts that are one to the server', async () => {
  const { sender, sent, counts } = rig({ maxPayload: 1_024 + 4 })
  await sender.add(packet('a'))
  await until(() => counts.packets.out === 1, PATIENCE_MS, 'it')
  assert.equal(
    sent.flat().map(({ id, body }) => `${id} ${body.length}`),
    ['a.1/3 4', 'a.2/3 4', 'a.3/3 2']
  )
  await sender.close()
})

test('while the server is away nothing is sent, the queue is bounded, and what is left at the end is counted', async () => {
  const { sender, sent, counts } = rig({ connected: false, limits: { maxQueuedBytes: 3_000 } })
  const adding = (async () => {
    for (const id of ['a', 'b', 'c', 'd', 'e']) await sender.add(packet(id))
  })()
  await until(() => sender.queued.packets === 3, PATIENCE_MS, 'a full queue')
  assert.is(sender.queued.bytes, 3 * 1_034)
  await sender.close()
  await Promise.all([adding, sender.ended])
  assert.equal([sent.length, counts.losses.closed], [0, 5])
})

test.run()

interface RigOptions {
  /** What the server says, round by round; then it keeps everything. */
  readonly outcomes?: readonly (readonly Outcome[])[]
  readonly heard?: ReadonlySet<string>
  readonly connected?: boolean
  readonly maxPayload?: number
  readonly limits?: Partial<NatsLimits>
}

function rig({
  outcomes = [],
  heard = new Set(),
  connected = true,
  maxPayload = 1_048_576,
  limits = {}
}: RigOptions = {}) {
  const counts = noNatsCounts()
  const sent: NatsMessage[][] = []
  const outlet = {
    async send(packets: readonly (readonly NatsMessage[])[]): Promise<Outcome[]> {
      sent.push(packets.flat())
      const said = outcomes[sent.length - 1]
      return packets.map((_, index) => said?.[index] ?? 'kept')
    }
  }
  const host = { connected, maxPayload, isHeard: (id: string) => heard.has(id), onNotice: () => undefined }
  const sender = new Sender(outlet, [[HEADER.flood, 'x']], { ...NATS_DEFAULTS, retryMs: 5, ...limits }, counts, host)
  return { sender, sent, counts, host }
}

function packet(id: string): CarriedPacket {
  return { id, headers: new Map(), body: new Uint8Array(10) }
}
