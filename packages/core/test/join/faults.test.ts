// Random schedules of joins, crashes, restarts and cut links: every invariant after every step, and in the end one
// network.
import fc from 'fast-check'
import { test } from 'uvu'
import { checkNetwork, checkSymmetry } from '../support/join-network.ts'
import {
  addMachine,
  crashMachine,
  createWorld,
  cutPipe,
  type DialFate,
  give,
  type Machine,
  runFor,
  runToRest,
  startMachine,
  type World
} from '../support/join-world.ts'

// Two groups of six could each have enough links without ever meeting, so there are at most eleven nodes.
const machines = 11

const fault = fc.oneof(
  fc.record({ kind: fc.constant('start'), on: fc.nat(machines - 1) }),
  fc.record({ kind: fc.constant('restart'), on: fc.nat(machines - 1) }),
  fc.record({ kind: fc.constant('crash'), on: fc.nat(machines - 1), noticeMs: fc.constantFrom(0, 12_000) }),
  fc.record({ kind: fc.constant('cut'), on: fc.nat(1000), noticeMs: fc.constantFrom(0, 200, 12_000) }),
  fc.record({ kind: fc.constant('connect'), on: fc.nat(machines - 1), to: fc.nat(machines - 1) }),
  fc.record({ kind: fc.constant('leave'), on: fc.nat(machines - 1) })
)
type Fault = { kind: string; on: number; noticeMs?: number; to?: number }

const schedule = fc.record({
  seed: fc.integer(),
  maxLatencyMs: fc.constantFrom(6, 60, 800),
  maxLinks: fc.constantFrom(5, 6, machines - 1, 12),
  badDials: fc.constantFrom(0, 0.1, 0.5),
  faults: fc.array(fc.record({ afterMs: fc.constantFrom(0, 1, 30, 400, 3_000, 15_000), fault }), { maxLength: 40 })
})
type Schedule = { seed: number; maxLatencyMs: number; maxLinks: number; badDials: number } & {
  faults: { afterMs: number; fault: Fault }[]
}

function play(plan: Schedule): void {
  let calm = false
  const fate = (): DialFate => {
    if (calm || world.random() >= plan.badDials) return 'open'
    return world.random() < 0.5 ? 'refuse' : 'black-hole'
  }
  const { seed, maxLatencyMs, maxLinks } = plan
  const world: World = createWorld({ seed, maxLatencyMs, join: { maxLinks }, fate })
  // The third entry leads to the first again: nobody can know before it has dialled both.
  for (let i = 0; i < machines; i++) addMachine(world, ['n0:1', 'n1:1', 'alias:1'])
  world.byAddress.set('alias:1', at(world, 0))
  for (const machine of world.machines) startMachine(world, machine)
  for (const { afterMs, fault } of plan.faults) {
    runFor(world, afterMs)
    inflict(world, fault)
  }
  calm = true
  for (const machine of world.machines) if (machine.state?.phase !== 'running') restart(world, machine)
  runFor(world, 200_000)
  runToRest(world)
  // With fewer slots, some nodes can be full of each other and have no room for the rest.
  const wrong = maxLinks >= machines - 1 ? checkNetwork(world) : checkSymmetry(world)
  if (wrong !== null) throw new Error(wrong)
}

function inflict(world: World, fault: Fault): void {
  const machine = at(world, fault.on % machines)
  if (fault.kind === 'crash') return crashMachine(world, machine, fault.noticeMs)
  if (fault.kind === 'restart') return restart(world, machine)
  if (fault.kind === 'cut') return cutSome(world, fault)
  if (fault.kind === 'connect') return give(world, machine, { kind: 'connect', address: `n${fault.to}:1` })
  if (fault.kind === 'leave') return give(world, machine, { kind: 'leave' })
  if (!machine.state) startMachine(world, machine)
}

function restart(world: World, machine: Machine): void {
  if (machine.state) crashMachine(world, machine, 5_000)
  startMachine(world, machine)
}

function cutSome(world: World, fault: Fault): void {
  const pipes = [...world.pipes]
  const pipe = pipes[fault.on % Math.max(1, pipes.length)]
  if (pipe) cutPipe(world, pipe, fault.noticeMs)
}

function at(world: World, index: number): Machine {
  const machine = world.machines[index]
  if (!machine) throw new Error(`no machine ${index}`)
  return machine
}

test('keeps every invariant and ends as one symmetric network under random faults', () => {
  const seed = Number(process.env.FLOODNET_SEED ?? 20_261_121)
  const numRuns = Number(process.env.FLOODNET_RUNS ?? 120)
  const outcome = fc.check(fc.property(schedule, play), { seed, numRuns })
  if (!outcome.failed) return
  const again = `FLOODNET_SEED=${seed} FLOODNET_RUNS=${numRuns} npm test -- join-faults`
  throw new Error(`${outcome.errorInstance}\n${fc.defaultReportMessage(outcome)}\nreplay: ${again}`)
})

test.run()
