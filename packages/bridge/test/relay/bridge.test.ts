// The running bridge as it comes and goes: what is said while a side has not started yet or has ended, and that it
// always ends.
import { encodeEnvelope } from '@floodnet/chat'
import { createNetwork } from '@floodnet/transport'
import { Subject } from 'rxjs'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { until, within } from '../../../../test/support/wait.ts'
import { Bridge } from '../../src/relay/bridge.ts'
import type { ForeignMessage, Loss, Refusal, Side } from '../../src/side.ts'
import { newId } from '../../src/tutorial/tutorial-node.ts'
import { type Listener, Stage } from '../support/bridged.ts'

const DEADLINE_MS = 30_000
const PLANNED = { name: 'gob', hasIds: true }

const test = suite('bridge')
const stage = new Stage()

test.after.each(() => stage.close())

test('a direct message that comes before its side has started is refused in words', async () => {
  const near = await stage.listener(null)
  await newBridge(near).then((bridge) => bridge.greet([PLANNED]))
  await sayTo(near, 'psst')
  await until(() => near.words.length > 0, DEADLINE_MS, 'a refusal')
  assert.equal(near.words, ['bridge@gob>alice: not said to bob@gob: gob is not joined'])
})

test('with another bridge there, direct messages that come before a side has started are said by the other', async () => {
  const near = await stage.listener(null)
  const [ready, starting] = [await newBridge(near), await newBridge(near)]
  const side = new FakeSide()
  await ready.greet([PLANNED])
  ready.add(side)
  await starting.greet([PLANNED])
  await until(() => ready.otherBridges + starting.otherBridges === 2, DEADLINE_MS, 'bridges that know each other')
  const texts = Array.from({ length: 12 }, (_, index) => `psst ${index}`)
  for (const text of texts) await sayTo(near, text)
  await until(
    () => side.said.length >= texts.length,
    DEADLINE_MS,
    () => `12 messages, not ${side.said.length}`
  )
  assert.equal(side.said.sort(), texts.sort())
})

test('what is heard, said, refused and lost is counted by network and reason, and told at each doubling', async () => {
  const near = await stage.listener(null)
  const bridge = await newBridge(near)
  const notices: string[] = []
  bridge.notices$.subscribe(({ about, text }) => notices.push(`${about}: ${text}`))
  const side = new FakeSide()
  await bridge.greet([PLANNED])
  bridge.add(side)
  side.foreign$.next({ key: '1', bridgedId: null, from: 'bob', text: 'hi', to: '' })
  await sayTo(near, 'psst')
  await until(() => bridge.stats().sides.gob?.said === 1, DEADLINE_MS, 'one message said')
  side.refusal = { refused: 'nobody is there' }
  await sayTo(near, 'psst')
  await until(() => bridge.stats().lost.gob !== undefined, DEADLINE_MS, 'one message refused')
  for (let count = 0; count < 5; count++) side.losses$.next({ reason: 'timeout', whom: `10.0.0.${count}` })
  assert.equal(bridge.stats(), {
    // What bob said, and the word to alice that hers was not said.
    written: 2,
    sides: { gob: { heard: 1, said: 1 } },
    lost: { gob: { 'nobody is there': 1, timeout: 5 } }
  })
  assert.equal(notices, [
    'gob: not carried over (nobody is there): 1',
    'gob: not carried over (timeout): 1, the last for 10.0.0.0',
    'gob: not carried over (timeout): 2, the last for 10.0.0.1',
    'gob: not carried over (timeout): 4, the last for 10.0.0.3'
  ])
  await bridge.close()
  assert.equal(bridge.stats().sides, { gob: { heard: 1, said: 1 } })
})

test('a word too large for floodnet is told to the one on the side who wrote it', async () => {
  const near = await stage.listener(null)
  const network = await createNetwork({
    listen: '127.0.0.1:0',
    join: near.network.address,
    name: stage.name,
    limits: { maxMessageBytes: 1_000 }
  })
  stage.later(() => network.close())
  const bridge = new Bridge(network, newId, { hub: 'floodnet', greetMs: 1 })
  stage.later(() => bridge.close())
  const side = new FakeSide()
  await bridge.greet([PLANNED])
  bridge.add(side)
  side.foreign$.next({ key: '1', bridgedId: null, from: 'bob', text: 'x'.repeat(2_000), to: '' })
  await until(() => side.said.length > 0, DEADLINE_MS, 'a word to bob')
  assert.match(side.said[0] ?? '', /^not said on floodnet: .*exceeds maxMessageBytes/)
  assert.equal(Object.values(bridge.stats().lost.floodnet ?? {}), [1])
})

test('a bridge that closes while it greets ends, and closes a side that has started too late', async () => {
  const network = await stage.network(null)
  const bridge = new Bridge(network, newId, { hub: 'floodnet', aloneMs: 600_000 })
  const greeting = bridge.greet([PLANNED])
  await bridge.close()
  await within(greeting, DEADLINE_MS, 'the end of the greeting')
  const side = new FakeSide()
  bridge.add(side)
  assert.ok(side.isClosed)
})

test.run()

class FakeSide implements Side {
  readonly name = 'gob'
  readonly hasIds = true
  readonly foreign$ = new Subject<ForeignMessage>()
  readonly notices$ = new Subject<string>()
  readonly losses$ = new Subject<Loss>()
  readonly said: string[] = []
  refusal: Refusal | null = null
  isClosed = false

  say({ text }: { text: string }): Promise<Refusal | null> {
    this.said.push(text)
    return Promise.resolve(this.refusal)
  }

  close(): Promise<void> {
    this.isClosed = true
    return Promise.resolve()
  }
}

async function newBridge(near: Listener): Promise<Bridge> {
  const network = await stage.network(near.network.address)
  const bridge = new Bridge(network, newId, { hub: 'floodnet', greetMs: 1, relay: { turnMs: 300 } })
  stage.later(() => bridge.close())
  return bridge
}

function sayTo(near: Listener, text: string): Promise<unknown> {
  return near.network.write(encodeEnvelope({ text, from: 'alice', to: 'bob@gob' }))
}
