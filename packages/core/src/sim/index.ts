// @floodnet/core/sim: the join actor and the flood's rules in simulated time, with every fault in one options type.

export { copySim } from './copy.ts'
export {
  type Experiment,
  experiments,
  type Figures,
  fullTable,
  type Metric,
  type Outcome,
  outcomesOf,
  quickTable,
  type Row,
  rowsOfAll,
  type Table
} from './experiments/index.ts'
export {
  type CrashKind,
  crashNode,
  crashShare,
  cutLink,
  healNetwork,
  leaveNode,
  restartNode,
  splitNetwork
} from './faults.ts'
export { writeMessage } from './flood.ts'
export { componentsOf, degreesOf, type Graph, graphOf, spreadOn } from './graph.ts'
export { type Growth, growNetwork, joinNode, longestAlone } from './growth.ts'
export { callAt, give, runFor, runToRest, runUntil, startNode } from './host.ts'
export { type SimOptions, simDefaults } from './options.ts'
export { createRandom } from './random.ts'
export {
  type FinishedRun,
  type Moment,
  type RunOptions,
  type RunResult,
  type RunWatcher,
  resultOf,
  runDefaults,
  runSimulation,
  secondsToHeal
} from './run.ts'
export type { SimNode } from './sim-node.ts'
export { addNode, aliveNodes, createSim, diallersEnds, type Message, type Sim } from './state.ts'
export type { SteadyFigures } from './stream/figures.ts'
export { HOSTILITIES, type Hostility, type StreamOptions, streamDefaults } from './stream/options.ts'
export { measureStream, runStream, type StreamOutcome, type StreamRun, streamRunDefaults } from './stream/run.ts'
export { type Copy, Stream } from './stream/stream.ts'
