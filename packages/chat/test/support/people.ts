// Sessions of several people that talk through the pure part alone: what one writes the others are given, in order, at
// a time of the test's.
import { createHash } from 'node:crypto'
import { onFileResult } from '../../src/files/on-file.ts'
import { onLine } from '../../src/on-line.ts'
import { onMessage, onSealed } from '../../src/on-message.ts'
import { onLeave, onTick } from '../../src/on-tick.ts'
import type { ConversationKey, ScreenEvent } from '../../src/screens/screen.ts'
import type { Effect, FileResult, FileTask, StepContext } from '../../src/session/effects.ts'
import { newSession, type Session, type SessionStart } from '../../src/session/session.ts'
import { encodeBody, type SealedBody } from '../../src/wire/sealed-body.ts'

export const START = 1_800_000_000_000

/** The key of a person of this name: the same in every test. */
export function idOfName(name: string): string {
  return createHash('sha256').update(name).digest('hex')
}

export class Person {
  readonly session: Session
  readonly shown: ScreenEvent[] = []
  /** Reasons of what was ignored. */
  readonly invalid: string[] = []
  /** What the disk is asked to do. */
  readonly tasks: FileTask[] = []
  /** What went out sealed. */
  readonly posted: SealedBody[] = []
  readonly #room: People
  #seq = 0
  /** No two sealed messages have one time (network/sealed-mail.ts). */
  #lead = 0

  constructor(room: People, start: Partial<SessionStart> & { id: string }) {
    this.#room = room
    const key = new Uint8Array(createHash('sha256').update(`box ${start.id}`).digest())
    this.session = newSession({ name: null, key, startedAt: START, ...start })
  }

  get id(): string {
    return this.session.id
  }

  type(text: string, conversation: ConversationKey | null = null): void {
    this.#carryOut(onLine(this.session, { text, conversation }, this.#room.context))
  }

  tick(): void {
    this.#carryOut(onTick(this.session, true, this.#room.context))
  }

  leave(): void {
    this.#carryOut(onLeave(this.session, this.#room.context))
    this.#room.people.splice(this.#room.people.indexOf(this), 1)
  }

  hear(payload: Uint8Array, origin: string, seq: number, incarnation = 1): void {
    this.#carryOut(onMessage(this.session, { payload, origin, incarnation, seq, index: 0 }, this.#room.context))
  }

  open(body: Uint8Array, author: string): void {
    this.#carryOut(onSealed(this.session, { kind: 'message', author, body }, this.#room.context))
  }

  /** The disk has done something. */
  disk(result: FileResult): void {
    this.#carryOut(onFileResult(this.session, result, this.#room.context))
  }

  events<K extends ScreenEvent['kind']>(kind: K): Extract<ScreenEvent, { kind: K }>[] {
    return this.shown.filter((event): event is Extract<ScreenEvent, { kind: K }> => event.kind === kind)
  }

  /** Messages written in the open so far. */
  get said(): number {
    return this.#seq
  }

  get notices(): string[] {
    return this.events('notice').map(({ text }) => text)
  }

  get heard(): string[] {
    return this.events('message').map(({ from, text }) => `${from}: ${text}`)
  }

  #carryOut(effects: readonly Effect[]): void {
    for (const effect of effects) {
      if (effect.kind === 'show') this.shown.push(effect.event)
      if (effect.kind === 'invalid') this.invalid.push(effect.reason)
      if (effect.kind === 'write') this.#room.flood(this, effect.payload, ++this.#seq)
      if (effect.kind === 'sealed') this.#post(effect)
      if (effect.kind === 'file') this.tasks.push(effect.task)
    }
  }

  #post({ readers, id, content, said }: Extract<Effect, { kind: 'sealed' }>): void {
    if (said !== null) this.shown.push(said)
    this.posted.push(content)
    const body = encodeBody({ id, at: this.#room.context.wall + ++this.#lead, content, data: new Uint8Array() })
    for (const reader of readers) this.#room.deliver(reader.id, body, this.id)
  }
}

export class People {
  readonly people: Person[] = []
  now = START
  /** How far the clock of all was set since. */
  clockMs = 0
  #ids = 0

  get context(): StepContext {
    return {
      now: this.now,
      wall: this.now + this.clockMs,
      random: () => 0.5,
      newId: () => (++this.#ids).toString(16).padStart(32, '0')
    }
  }

  add(name: string, start: Partial<SessionStart> = {}): Person {
    const person = new Person(this, { id: idOfName(name), name, ...start })
    this.people.push(person)
    return person
  }

  /** People who all know of each other. */
  gather(...names: string[]): Person[] {
    const people = names.map((name) => this.add(name))
    this.pass(10_000)
    return people
  }

  /** Time passes for all, in small steps. */
  pass(ms: number): void {
    for (const end = this.now + ms; this.now < end; this.now += Math.min(200, end - this.now))
      for (const person of [...this.people]) person.tick()
  }

  flood(from: Person, payload: Uint8Array, seq: number): void {
    for (const person of this.people) if (person !== from) person.hear(payload, from.id, seq)
  }

  deliver(to: string, body: Uint8Array, author: string): void {
    for (const person of this.people) if (person.id === to) person.open(body, author)
  }
}
