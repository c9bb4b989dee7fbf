// A NATS server that is killed and comes back: what the bridges' queues and the stream can keep is not lost.
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { until } from '../../../../test/support/wait.ts'
import { Stage } from '../support/bridged.ts'
import { GREETINGS, joinedFloods, lossesOf } from '../support/nats-floods.ts'
import { findNatsServer } from '../support/nats-server.ts'

const PATIENCE_MS = 60_000
const MESSAGES = 10_000
const FEW = 1_000
const ROUNDS = 10
/** More than the queue, the slabs of a packet link and the recent frames hold. */
const LARGE = 300
const LARGE_BYTES = 60_000
/** With what the queue counts for its headers. */
const MAX_PACKET_BYTES = 1_050_000

const command = findNatsServer()
const test = suite('a NATS server that dies')
const stage = new Stage()
test.after.each(() => stage.close())

if (command !== null) {
  for (const [bridges, stream] of [[1], [1, 'FLOODS'], [2, 'FLOODS']] as const) {
    test(`what is said while the server is away comes when it is back: ${wayOf(bridges, stream)}`, async () => {
      const { server, floods } = await joinedFloods(stage, command, bridges, stream)
      await Promise.all(floods.map(({ write }) => write(GREETINGS, FEW)))
      await Promise.all(floods.map(({ hasAll }) => hasAll(FEW)))
      await server.kill()
      await Promise.all(floods.map(({ write }) => write(FEW, MESSAGES)))
      await server.startAgain()
      await Promise.all(floods.map(({ write }) => write(MESSAGES, MESSAGES + FEW)))
      await Promise.all(floods.map(({ hasAll }) => hasAll(MESSAGES + FEW)))
      for (const flood of floods) {
        flood.expectOrdered(MESSAGES + FEW)
        for (const bridge of flood.bridges) {
          assert.equal(lossesOf(bridge), {})
          assert.is(bridge.stats().reconnects, 1)
        }
        for (const word of ['lost NATS server', 'back at NATS server'])
          assert.ok(
            flood.notices.some((text) => text.startsWith(word)),
            `${word}: ${flood.notices.join('; ')}`
          )
      }
    })
  }

  test('with a stream nothing is lost however the server dies in the midst of it', async () => {
    const { server, floods } = await joinedFloods(stage, command, 2, 'FLOODS')
    const [a, b] = floods
    const writing = (async () => {
      for (let from = 0; from < MESSAGES; from += FEW) {
        await a.write(Math.max(from, GREETINGS), from + FEW)
        await until(() => b.count() >= from / 2, PATIENCE_MS, 'about what was written')
      }
    })()
    await until(() => b.count() > GREETINGS, PATIENCE_MS, 'messages flow')
    await server.kill()
    await server.startAgain()
    await writing
    await b.hasAll(MESSAGES)
    b.expectOrdered(MESSAGES)
  })

  test('without a stream what is missing is counted when the server dies in the midst of it, and nothing comes twice', async () => {
    const { server, floods } = await joinedFloods(stage, command, 2)
    const [a, b] = floods
    let written = GREETINGS
    const write = async (): Promise<void> => {
      await a.write(written, written + FEW)
      written += FEW
    }
    await write()
    const writing = (async () => {
      for (let round = 0; round < ROUNDS; round++) await write()
    })()
    await server.kill()
    await server.startAgain()
    await writing
    await until(
      () => [...a.bridges, ...b.bridges].every((each) => each.stats().reconnects === 1),
      PATIENCE_MS,
      'all back'
    )
    await write()
    await until(() => b.has(written - 1), PATIENCE_MS, 'messages flow again')
    b.expectNothingTwice()
    const isCounted = b.bridges.some((bridge) => bridge.stats().losses.missed > 0)
    assert.ok(b.count() === written || isCounted, `${b.count()} of ${written}, and nothing counted as missed`)
  })

  test('while the server is away the queue keeps its limit, the flood goes on, and its losses are counted', async () => {
    const limits = { maxQueuedBytes: 500_000 }
    const { server, floods } = await joinedFloods(stage, command, 1, undefined, limits)
    const [a] = floods
    const [, near, bridged] = a.nodes
    await server.kill()
    let read = 0
    near?.messages$.subscribe(() => read++)
    for (let index = 0; index < LARGE; index++) await a.nodes[0]?.write(new Uint8Array(LARGE_BYTES))
    await until(() => read >= LARGE, PATIENCE_MS, 'the neighbour has all')
    await until(
      async () => ((await bridged?.stats())?.drops['packet-link-lagging'] ?? 0) > 0,
      PATIENCE_MS,
      'counted losses'
    )
    // One packet more, of 1 MiB at most, found it almost full.
    const { outBytes } = a.bridges[0].stats().queued
    assert.ok(outBytes < limits.maxQueuedBytes + MAX_PACKET_BYTES, String(outBytes))
  })
}

test.run()

function wayOf(bridges: number, stream: string | undefined): string {
  return `${bridges === 1 ? 'a bridge' : 'two bridges'} a flood, ${stream === undefined ? 'no stream' : 'a stream'}`
}
