// A discrete-event host for many join actors: links with latency that keep their order, dials that succeed, fail or
// vanish, crashes, restarts and cut links. After every step it checks the actor's invariants and the host's side of the
// contract.
import {
  checkJoinState,
  createJoinState,
  type JoinEffect,
  type JoinEvent,
  type JoinInput,
  type JoinOptions,
  type JoinState,
  stepJoin
} from '../../src/join/index.ts'
import { type Agenda, createAgenda, runNext, schedule } from './agenda.ts'
import { createId, createRandom } from './random.ts'

export type DialFate = 'open' | 'refuse' | 'black-hole'

export interface WorldOptions {
  seed: number
  minLatencyMs?: number
  maxLatencyMs?: number
  /** Options for every actor. */
  join?: Partial<JoinOptions>
  fate?: (from: Machine, address: string) => DialFate
}

/** One node's place: it keeps its id and address over restarts. */
export interface Machine {
  readonly name: string
  readonly id: string
  readonly address: string
  readonly options: Partial<JoinOptions>
  incarnation: number
  /** Null while it is down. */
  state: JoinState | null
  /** A machine that is down answers dials with a refusal, or not at all. */
  silent: boolean
  readonly ends: Map<number, End>
  readonly events: { at: number; event: JoinEvent }[]
  dials: number
}

/** One side of a link. */
export interface End {
  readonly machine: Machine
  readonly incarnation: number
  readonly link: number
  readonly pipe: Pipe
  readonly side: 0 | 1
  open: boolean
  /** Closed here, or known to be down here. */
  gone: boolean
  /** Nothing may arrive here before it: links keep their order. */
  arrivesAt: number
}

export interface Pipe {
  ends: [End, End]
  /** Nothing passes any more, whether the ends know it or not. */
  cut: boolean
}

export interface World {
  readonly options: Required<Omit<WorldOptions, 'join'>> & { join: Partial<JoinOptions> }
  readonly agenda: Agenda
  readonly random: () => number
  readonly machines: Machine[]
  readonly byAddress: Map<string, Machine>
  readonly pipes: Set<Pipe>
  lastLink: number
  /** Things under way, timers left out. */
  inFlight: number
}

export function createWorld(options: WorldOptions): World {
  const defaults = { minLatencyMs: 5, maxLatencyMs: 60, join: {}, fate: (): DialFate => 'open' }
  return {
    options: { ...defaults, ...options },
    agenda: createAgenda(),
    random: createRandom(options.seed),
    machines: [],
    byAddress: new Map(),
    pipes: new Set(),
    lastLink: 0,
    inFlight: 0
  }
}

export function addMachine(world: World, entries: string[], options: Partial<JoinOptions> = {}): Machine {
  const name = `n${world.machines.length}`
  const machine: Machine = {
    ...{ name, id: options.id ?? createId(world.random), address: `${name}:1`, options: { ...options, entries } },
    ...{ incarnation: 0, state: null, silent: false, ends: new Map(), events: [], dials: 0 }
  }
  world.machines.push(machine)
  world.byAddress.set(machine.address, machine)
  return machine
}

export function startMachine(world: World, machine: Machine): void {
  machine.incarnation++
  machine.silent = false
  machine.state = createJoinState({ ...world.options.join, ...machine.options, id: machine.id })
  give(world, machine, { kind: 'listening', address: machine.address })
  give(world, machine, { kind: 'start' })
}

/** It stops without a word. The others notice soon, or, when the whole machine is gone, only after `noticeMs`. */
export function crashMachine(world: World, machine: Machine, noticeMs = 0): void {
  machine.state = null
  machine.silent = noticeMs > 0
  for (const end of [...machine.ends.values()]) {
    end.pipe.cut = true
    dropEnd(world, end)
    loseEnd(world, otherEnd(end), noticeMs * (0.5 + world.random()), 'reset')
  }
}

/** A link breaks, and each end notices it on its own. */
export function cutPipe(world: World, pipe: Pipe, noticeMs = 0): void {
  pipe.cut = true
  for (const end of pipe.ends) loseEnd(world, end, noticeMs * world.random(), 'cut')
}

export function give(world: World, machine: Machine, input: JoinInput): void {
  const { state } = machine
  if (!state) return
  const now = world.agenda.now
  const before = state.neighbours.size
  const effects = stepJoin(state, input, now, world.random)
  const broken = checkJoinState(state)
  if (broken !== null) throw new Error(`${machine.name} at ${now} ms after ${JSON.stringify(input)}: ${broken}`)
  if (state.wakeAt !== null && state.wakeAt <= now)
    throw new Error(`${machine.name} at ${now} ms: wakes at once, for ever`)
  for (const effect of effects) apply(world, machine, effect)
  planWake(world, machine, state)
  if (state.neighbours.size !== before) reportDegree(world, machine, state)
}

export function runUntil(world: World, until: number): void {
  while (runNext(world.agenda, until));
}

export function runFor(world: World, ms: number): void {
  runUntil(world, world.agenda.now + ms)
}

/** Runs on to a moment at which nothing is under way, so that both ends of every link know the same. */
export function runToRest(world: World, limitMs = 60_000): void {
  const until = world.agenda.now + limitMs
  while (world.inFlight > 0 && runNext(world.agenda, until));
  if (world.inFlight > 0) throw new Error(`no rest within ${limitMs} ms`)
}

function planWake(world: World, machine: Machine, state: JoinState): void {
  const { wakeAt } = state
  if (wakeAt === null) return
  schedule(world.agenda, wakeAt, () => {
    if (machine.state === state && state.wakeAt === wakeAt) give(world, machine, { kind: 'wake' })
  })
}

function apply(world: World, machine: Machine, effect: JoinEffect): void {
  switch (effect.kind) {
    case 'dial':
      return dial(world, machine, effect.dial, effect.address)
    case 'cancel-dial':
      return
    case 'event':
      machine.events.push({ at: world.agenda.now, event: effect.event })
      return
    case 'send': {
      const { packet } = effect
      const end = liveEnd(machine, effect.link)
      return passOn(world, otherEnd(end), (link) => ({ kind: 'packet', link, packet }))
    }
    case 'activate':
      liveEnd(machine, effect.link)
      return
    case 'close':
      return closeEnd(world, liveEnd(machine, effect.link), effect.reason)
  }
}

function liveEnd(machine: Machine, link: number): End {
  const end = machine.ends.get(link)
  if (!end) throw new Error(`${machine.name} uses link ${link}, which is gone`)
  return end
}

function dial(world: World, machine: Machine, number: number, address: string): void {
  const { state } = machine
  machine.dials++
  const fate = world.options.fate(machine, address)
  if (fate === 'black-hole') return
  later(world, latency(world), () => {
    const target = world.byAddress.get(address)
    if (machine.state !== state || (target?.silent && !target.state)) return
    // Who has left listens no more.
    const listens = target?.state && target.state.phase !== 'left'
    if (fate === 'open' && listens) return connect(world, machine, number, target)
    later(world, latency(world), () => {
      if (machine.state === state) give(world, machine, { kind: 'dial-failed', dial: number, reason: 'refused' })
    })
  })
}

function connect(world: World, from: Machine, number: number, to: Machine): void {
  const pipe = { cut: false } as Pipe
  pipe.ends = [createEnd(world, from, pipe, 0), createEnd(world, to, pipe, 1)]
  world.pipes.add(pipe)
  openEnd(world, pipe.ends[0], number)
  openEnd(world, pipe.ends[1], null)
}

function createEnd(world: World, machine: Machine, pipe: Pipe, side: 0 | 1): End {
  const { incarnation } = machine
  const end: End = { machine, incarnation, link: ++world.lastLink, pipe, side, open: false, gone: false, arrivesAt: 0 }
  machine.ends.set(end.link, end)
  return end
}

function openEnd(world: World, end: End, number: number | null): void {
  const peer = otherEnd(end)
  passOn(world, end, (link) => {
    end.open = true
    const { id, address } = peer.machine
    return { kind: 'link-open', link, peer: id, incarnation: peer.incarnation, dial: number, address }
  })
}

function closeEnd(world: World, end: End, reason: string): void {
  dropEnd(world, end)
  const other = otherEnd(end)
  passOn(world, other, (link) => {
    dropEnd(world, other)
    return { kind: 'link-down', link, reason: `peer: ${reason}` }
  })
}

/** The end finds out by itself that its link is dead. One that never opened is never heard of. */
function loseEnd(world: World, end: End, afterMs: number, reason: string): void {
  later(world, afterMs + latency(world), () => {
    if (end.gone) return
    const { open, machine, link } = end
    dropEnd(world, end)
    if (open) give(world, machine, { kind: 'link-down', link, reason })
  })
}

function dropEnd(world: World, end: End): void {
  end.gone = true
  end.machine.ends.delete(end.link)
  if (otherEnd(end).gone) world.pipes.delete(end.pipe)
}

function reportDegree(world: World, machine: Machine, state: JoinState): void {
  const degree = state.neighbours.size
  for (const { link } of state.neighbours.values()) {
    const end = machine.ends.get(link)
    if (end) passOn(world, otherEnd(end), (number) => ({ kind: 'peer-degree', link: number, degree }))
  }
}

function passOn(world: World, end: End, make: (link: number) => JoinInput): void {
  const { agenda } = world
  if (end.pipe.cut) return
  end.arrivesAt = Math.max(end.arrivesAt, agenda.now + latency(world))
  later(world, end.arrivesAt - agenda.now, () => {
    if (end.gone || end.pipe.cut) return
    give(world, end.machine, make(end.link))
  })
}

function later(world: World, ms: number, run: () => void): void {
  world.inFlight++
  schedule(world.agenda, world.agenda.now + ms, () => {
    world.inFlight--
    run()
  })
}

function latency(world: World): number {
  const { minLatencyMs, maxLatencyMs } = world.options
  return minLatencyMs + world.random() * (maxLatencyMs - minLatencyMs)
}

export function otherEnd(end: End): End {
  return end.pipe.ends[end.side === 0 ? 1 : 0]
}
