// Two floods of three nodes that know nothing of each other, joined over a real NATS server.
import type { Msg } from '@nats-io/transport-node'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { until } from '../../../../test/support/wait.ts'
import { bridgeNats } from '../../src/nats/index.ts'
import { Stage } from '../support/bridged.ts'
import { GREETINGS, joinedFloods, lossesOf } from '../support/nats-floods.ts'
import { findNatsServer } from '../support/nats-server.ts'

const PATIENCE_MS = 60_000
const MESSAGES = 10_000
const FEW = 1_000
const STREAMS = [undefined, 'FLOODS']

const command = findNatsServer()
const test = suite('two floods over NATS')
const stage = new Stage()
test.after.each(() => stage.close())

if (command !== null) {
  for (const stream of STREAMS) {
    for (const bridges of [1, 2]) {
      test(`10,000 messages each way come once and in the order of their authors: ${wayOf(bridges, stream)}`, async () => {
        const { floods } = await joinedFloods(stage, command, bridges, stream)
        await Promise.all(floods.map(({ write }) => write(GREETINGS, MESSAGES)))
        await Promise.all(floods.map(({ hasAll }) => hasAll(MESSAGES)))
        for (const flood of floods) {
          flood.expectOrdered(MESSAGES)
          for (const bridge of flood.bridges) assert.equal(lossesOf(bridge), {})
        }
      })
    }

    test(`messages of every size cross, also packets larger than a NATS message may be: ${wayOf(1, stream)}`, async () => {
      const { floods } = await joinedFloods(stage, command, 1, stream)
      const [a, b] = floods
      // A batch fills 1 MiB, and so does the server's max_payload with all headers. The last one is some fragments.
      const sizes = [0, 1, ...Array.from({ length: 4_000 }, (_, index) => index), 300_000]
      await a.writeSizes(sizes)
      await b.hasAll(GREETINGS + sizes.length)
      b.expectSizes(sizes)
      assert.equal(lossesOf(b.bridges[0]), {})
    })
  }

  test('what others put on the subject is counted and harms nobody', async () => {
    const { server, floods } = await joinedFloods(stage, command, 1)
    const [a, b] = floods
    const { connect, headers } = await import('@nats-io/transport-node')
    const stranger = await connect({ servers: server.url })
    stage.later(() => stranger.close())
    const heard: Msg[] = []
    stranger.subscribe('floodnet', { callback: (_, message) => void heard.push(message) })
    await stranger.flush()
    await a.write(GREETINGS, GREETINGS + 2)
    const packet = await until(() => heard[0], PATIENCE_MS, 'a packet')

    stranger.publish('floodnet', 'no packet at all')
    const forged = headers()
    for (const [name, [value]] of packet.headers ?? []) if (value !== undefined) forged.set(name, value)
    forged.set('Floodnet-Seq', '4000000')
    forged.set('Floodnet-Bridge', 'a stranger')
    stranger.publish('floodnet', packet.data, { headers: forged })
    await stranger.flush()
    const bridged = [a, b].map(({ nodes }) => nodes[2])
    await until(
      async () => {
        const stats = await Promise.all(bridged.map((network) => network?.stats()))
        return stats.every((each) => each?.drops['packet-link-fault'] === 1)
      },
      PATIENCE_MS,
      'the forged one is refused on both sides'
    )
    for (const { bridges } of floods) assert.equal(lossesOf(bridges[0]), { malformed: 1 })
    await a.write(GREETINGS + 2, FEW)
    await b.hasAll(FEW)
    b.expectOrdered(FEW)
  })

  test('two ways round a ring of floods end where they meet', async () => {
    // Both floods are on two subjects: each packet could go round and round.
    const { server, floods } = await joinedFloods(stage, command, 1)
    for (const [index, { nodes }] of floods.entries()) {
      const network = nodes[1]
      assert.ok(network)
      const bridge = await bridgeNats(network, { servers: server.url, subject: 'second', flood: `ring-${index}` })
      stage.later(() => bridge.close())
    }
    await Promise.all(floods.map(({ write }) => write(GREETINGS, FEW)))
    await Promise.all(floods.map(({ hasAll }) => hasAll(FEW)))
    for (const flood of floods) flood.expectOrdered(FEW)
  })
}

test.run()

function wayOf(bridges: number, stream: string | undefined): string {
  return `${bridges === 1 ? 'a bridge' : 'two bridges'} a flood, ${stream === undefined ? 'no stream' : 'a stream'}`
}
