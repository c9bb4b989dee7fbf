// `floodnet node`: relays until the network ends.
import type { Body } from './run.ts'

export const runNode: Body = ({ network }) => ({ done: network.closed })
