// `npm run bench`: core, threads, whole nodes and the baselines, in one run.
import { SEPARATE_CORE_BENCHES } from './core/in-process-of-its-own.ts'
import { describeContestant, floodnetBenches, flowBench, pacedBench } from './nodes/benches.ts'
import { floodnet, naive } from './nodes/contestants.ts'
import { LINE, TRIANGLE } from './nodes/topology.ts'
import { rawBenches } from './raw/benches.ts'
import { GOALS } from './report/targets.ts'
import { runCommand } from './run/command.ts'
import { THREAD_BENCHES } from './threads/benches.ts'

const [secure, plain, baseline] = [floodnet('tls'), floodnet('none'), naive()]

await runCommand({
  name: 'bench',
  about: 'Core, threads, whole nodes in processes of their own, and baselines. See bench/README.md.',
  benches: () => [
    ...SEPARATE_CORE_BENCHES,
    ...THREAD_BENCHES,
    ...rawBenches(plain),
    flowBench('naive.100B', baseline, LINE, 100),
    { ...flowBench('naive.triangle.100B', baseline, TRIANGLE, 100), onRequest: true },
    pacedBench('latency.naive', baseline),
    ...floodnetBenches(secure, plain)
  ],
  goals: GOALS,
  ring: () => [secure, baseline].map(describeContestant)
})
