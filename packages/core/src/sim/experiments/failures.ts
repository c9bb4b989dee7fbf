// A large share of all nodes fails at the same moment: how soon the survivors are one network, and whom messages reach.
import { type CrashKind, crashShare } from '../faults.ts'
import { graphOf, spreadOn } from '../graph.ts'
import { runUntil } from '../host.ts'
import { secondsToHeal } from '../run.ts'
import { cycleMs, type Experiment, percent, type Scale } from './experiment.ts'
import { aged } from './joining.ts'

interface Published {
  readonly share: number
  readonly reach: string
  readonly goal: number
  readonly cycles: number | null
}

const published: readonly Published[] = [
  { share: 50, reach: '~100', goal: 100, cycles: 1 },
  { share: 70, reach: '~100', goal: 100, cycles: 2 },
  { share: 80, reach: '~100', goal: 100, cycles: 2 },
  { share: 90, reach: '99.7', goal: 99.9, cycles: 4 },
  { share: 95, reach: '91', goal: 99, cycles: null }
]

/** As in the papers: the process dies, and its neighbours know at once. */
export const failures: readonly Experiment[] = published.map((level) => failureOf(level, 'killed'))

/**
 * Not in the papers: whole machines vanish. It takes up to 12 s to notice that links are dead, and dials of the dead
 * never end.
 */
export const vanishings: readonly Experiment[] = published
  .filter(({ share }) => share === 50 || share === 80 || share === 90)
  .map((level) => failureOf(level, 'vanished'))

function failureOf({ share, reach, goal, cycles }: Published, crash: CrashKind): Experiment {
  const asPublished = crash === 'killed'
  return {
    name: asPublished ? `${share} % fail` : `${share} % vanish`,
    about: `${share} % of all nodes ${asPublished ? 'are killed' : 'vanish with their machines'} at the same moment`,
    metrics: [
      {
        ...{ name: 'reach', unit: '%', published: asPublished ? reach : '-', goal: `>= ${goal}` },
        holds: (value) => value >= goal
      },
      {
        ...{ name: 'heal', unit: 'cycles', published: asPublished ? String(cycles ?? '-') : '-' },
        ...(cycles === null || !asPublished
          ? { goal: '-' }
          : { goal: `<= ${cycles}`, holds: (value: number) => value <= cycles })
      },
      { name: 'heal seconds', unit: 's', published: '-', goal: '-' }
    ],
    run: (scale) => fail(scale, share / 100, crash)
  }
}

function fail(scale: Scale, share: number, crash: CrashKind): Record<string, number> {
  const sim = aged(scale)
  crashShare(sim, share, crash)
  const from = sim.now
  const seconds = secondsToHeal(sim, 10 * cycleMs) ?? Number.POSITIVE_INFINITY
  // "After healing": the network has had ten cycles, healed or not.
  runUntil(sim, Math.max(sim.now, from + 10 * cycleMs))
  const { reach } = spreadOn(graphOf(sim), scale.messages, sim.random)
  return {
    ...{ reach: percent(reach), heal: Math.ceil(seconds / (cycleMs / 1000)), 'heal seconds': seconds }
  }
}
