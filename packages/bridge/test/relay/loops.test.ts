// Any networks with any bridges between them, whatever the bridges call the networks: nothing goes round for ever.
import { encodeEnvelope } from '@floodnet/chat'
import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { check } from '../../../../test/support/property.ts'
import { isMarkedWith } from '../../src/names.ts'
import { Relay, type RelayEffect } from '../../src/relay/relay.ts'
import type { Refusal } from '../../src/side.ts'

const HUBS = ['floodnet', 'lab', 'office']
const FOREIGN = ['gob', 'gop2p', 'west', 'east']
/** Far more than any word may cause among so few networks. */
const MOST_STEPS = 10_000
const RUNS = 300

const test = suite('loops')

interface Plan {
  /** The hub of each bridge, and its sides: which network, and what this bridge calls it. */
  readonly bridges: readonly { hub: number; sides: readonly { network: number; name: string }[] }[]
  readonly hasIds: readonly boolean[]
  /** Every so-many-th word is refused by the side; 0: none. */
  readonly refuseEvery: number
}

interface Said {
  readonly network: number
  readonly from: string
  readonly text: string
}

test('a word among any networks is said a bounded number of times, in its own network never again', () => {
  check(
    plans(false),
    (plan) => {
      const world = new World(plan)
      const said = world.sayInHub(0, 'alice', 'hello')
      for (const { network, from } of said) {
        // A mark of the network would mean that the word has been there.
        assert.not.ok(isMarkedWith(from, FOREIGN[network] ?? ''), `${from} on ${FOREIGN[network]}`)
      }
      // It comes from floodnet, so nothing of it is written there but what bridges tell their writers.
      assert.equal(world.writtenIn(0, 'hello'), 0)
    },
    RUNS
  )
})

test('so it is when bridges call one network by different names: it ends', () => {
  check(
    plans(true),
    (plan) => {
      new World(plan).sayInHub(0, 'alice', 'hello')
      new World(plan).sayOn(0, 'bob', 'hi')
    },
    RUNS
  )
})

test('so it is when programs answer what a bridge tells them', () => {
  check(
    plans(true),
    (plan) => {
      const world = new World(plan, 'answering')
      world.sayOn(0, 'bob', 'hi')
      world.sayInHub(0, 'alice', 'psst', 'bob@gob')
    },
    RUNS
  )
})

test.run()

function plans(isMixed: boolean): fc.Arbitrary<Plan> {
  const side = fc
    .record({ network: fc.nat(FOREIGN.length - 1), other: fc.constantFrom(...FOREIGN) })
    .map(({ network, other }) => ({ network, name: isMixed ? other : (FOREIGN[network] ?? '') }))
  return fc.record({
    bridges: fc.array(
      fc.record({
        hub: fc.nat(HUBS.length - 1),
        sides: fc.uniqueArray(side, { minLength: 1, maxLength: 3, selector: ({ name }) => name })
      }),
      { minLength: 1, maxLength: 6 }
    ),
    hasIds: fc.array(fc.boolean(), { minLength: FOREIGN.length, maxLength: FOREIGN.length }),
    refuseEvery: fc.nat(3)
  })
}

class World {
  readonly #plan: Plan
  readonly #relays: Relay[]
  readonly #answering: boolean
  readonly #seen: Set<bigint>[] = FOREIGN.map(() => new Set())
  readonly #said: Said[] = []
  readonly #written: { hub: number; text: string }[] = []
  #events: (() => void)[] = []
  #id = 0n
  #seq = 0
  #words = 0

  constructor(plan: Plan, manner: 'silent' | 'answering' = 'silent') {
    this.#plan = plan
    this.#answering = manner === 'answering'
    this.#relays = plan.bridges.map(({ hub, sides }, index) => {
      const relay = new Relay(`bridge${index}`, HUBS[hub] ?? '', () => ++this.#id)
      for (const { network, name } of sides) relay.addSide(name, plan.hasIds[network] ?? false)
      return relay
    })
  }

  sayInHub(hub: number, from: string, text: string, to = ''): readonly Said[] {
    this.#deliver(hub, encodeEnvelope({ from, text, to }), null)
    return this.#run()
  }

  sayOn(network: number, from: string, text: string): readonly Said[] {
    this.#hear(network, { key: `${++this.#id}`, bridgedId: null, from, text, to: '' }, null)
    return this.#run()
  }

  writtenIn(hub: number, text: string): number {
    return this.#written.filter((one) => one.hub === hub && one.text === text).length
  }

  #run(): readonly Said[] {
    for (let steps = 0; this.#events.length > 0; steps++) {
      assert.ok(steps < MOST_STEPS, 'it does not end')
      const [next] = this.#events.splice(0, 1)
      next?.()
    }
    return this.#said
  }

  #deliver(hub: number, payload: Uint8Array, author: Relay | null): void {
    const message = { payload, origin: 'a'.repeat(64), incarnation: 1, seq: ++this.#seq, index: 0 }
    for (const [index, relay] of this.#relays.entries()) {
      if (relay !== author && this.#plan.bridges[index]?.hub === hub)
        this.#events.push(() => this.#carryOut(index, relay.onMessage(message, 0)))
    }
  }

  #hear(network: number, foreign: Parameters<Relay['onHeard']>[1], author: Relay | null): void {
    for (const [index, relay] of this.#relays.entries()) {
      if (relay === author) continue
      for (const side of this.#plan.bridges[index]?.sides ?? []) {
        if (side.network === network)
          this.#events.push(() => this.#carryOut(index, relay.onHeard(side.name, foreign, 0)))
      }
    }
  }

  #carryOut(index: number, effects: readonly RelayEffect[]): void {
    const [relay, hub] = [this.#relays[index], this.#plan.bridges[index]?.hub ?? 0]
    if (relay === undefined) throw new Error(`no bridge ${index}`)
    for (const effect of effects) {
      if (effect.kind === 'write') this.#write(hub, effect.payload, relay)
      if (effect.kind === 'say') {
        const refusal = this.#say(index, effect)
        this.#events.push(() => this.#carryOut(index, relay.onSaid(effect, refusal, 0)))
      }
    }
  }

  #write(hub: number, payload: Uint8Array, author: Relay): void {
    const { Text: text, From: from, To: to } = JSON.parse(new TextDecoder().decode(payload))
    this.#written.push({ hub, text })
    this.#deliver(hub, payload, author)
    if (this.#answering && from.startsWith('bridge@'))
      this.#events.push(() => this.#deliver(hub, encodeEnvelope({ from: to, text: 'what?', to: from }), null))
  }

  #say(index: number, { side, word }: Extract<RelayEffect, { kind: 'say' }>): Refusal | null {
    const network = this.#plan.bridges[index]?.sides.find(({ name }) => name === side)?.network ?? 0
    const { refuseEvery } = this.#plan
    if (refuseEvery > 0 && ++this.#words % refuseEvery === 0) return { refused: 'no' }
    const isKnown = this.#plan.hasIds[network] === true && this.#seen[network]?.has(word.id) === true
    this.#seen[network]?.add(word.id)
    if (isKnown) return null
    this.#said.push({ network, from: word.from, text: word.text })
    const foreign = { key: `${++this.#id}`, bridgedId: word.id, from: word.from, text: word.text, to: word.to }
    this.#hear(network, foreign, this.#relays[index] ?? null)
    if (this.#answering && word.from.startsWith('bridge@')) {
      const answer = { ...foreign, bridgedId: null, from: word.to, text: 'what?', to: word.from }
      this.#events.push(() => this.#hear(network, answer, null))
    }
    return null
  }
}
