// `npm run bench:peers`: other systems on the same work as floodnet, interleaved with it in one run.
import { describeContestant, flowBench, inMesh, meshBenches, pacedBench } from './nodes/benches.ts'
import { floodnet } from './nodes/contestants.ts'
import { LINE, TRIANGLE } from './nodes/topology.ts'
import { type Entrant, findEntrants } from './peers/entrants.ts'
import { installPeers } from './peers/install.ts'
import { PEER_GOALS } from './report/targets.ts'
import { type Bench, FULL, Skipped } from './run/bench.ts'
import { runCommand } from './run/command.ts'

const [secure, plain] = [floodnet('tls'), floodnet('none')]
let entrants: readonly Entrant[] = []

await runCommand({
  name: 'bench:peers',
  about:
    'Other systems beside floodnet: line, triangle and latency. Installs them in bench/peers first. See bench/README.md.',
  async benches() {
    await installPeers()
    entrants = await findEntrants()
    return [
      flowBench('line.100B', secure, LINE, 100),
      flowBench('line.100B.plain', plain, LINE, 100),
      flowBench('triangle.100B', secure, TRIANGLE, 100),
      pacedBench('latency.1k', secure),
      ...meshBenches('', inMesh(secure)),
      ...entrants.flatMap(benchesOf)
    ]
  },
  // The libp2p stack takes seconds until its code is compiled.
  phases: { ...FULL, warmUpMs: 3_000 },
  goals: PEER_GOALS,
  ring: () => [describeContestant(secure), ...entrants.map(describeEntrant)]
})
for (const { contestant } of entrants) contestant?.stop()

function benchesOf({ name, contestant, missing }: Entrant): Bench[] {
  const names = [`${name}.line.100B`, `${name}.triangle.100B`, `${name}.latency.1k`] as const
  if (contestant === null) return names.map((each) => missingBench(each, missing))
  return [
    ...(name === 'gossipsub' ? meshBenches(`${name}.`, contestant) : []),
    flowBench(names[0], contestant, LINE, 100),
    flowBench(names[1], contestant, TRIANGLE, 100),
    pacedBench(names[2], contestant)
  ]
}

function missingBench(name: string, missing: string): Bench {
  return { name, about: missing, headline: 'msgs_per_s', run: () => Promise.reject(new Skipped(missing)) }
}

function describeEntrant({ name, about, contestant, missing }: Entrant): string {
  return contestant === null ? `${name}: ${missing}` : `${describeContestant(contestant)}; ${about}`
}
