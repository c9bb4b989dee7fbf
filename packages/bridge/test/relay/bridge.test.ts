// The running bridge as it comes and goes: what is said while a side has not started yet or has ended, and that it
// always ends.
import { encodeEnvelope } from '@floodnet/chat'
import { Subject } from 'rxjs'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { until, within } from '../../../../test/support/wait.ts'
import { Bridge } from '../../src/relay/bridge.ts'
import type { ForeignMessage, Side } from '../../src/side.ts'
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
  readonly said: string[] = []
  isClosed = false

  say({ text }: { text: string }): Promise<null> {
    this.said.push(text)
    return Promise.resolve(null)
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
