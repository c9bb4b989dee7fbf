// A node in the test's own process, in the network of this process alone.
import type { NetworkOptions } from '../../src/api.ts'
import { type LocalNode, startNode as startLocalNode } from './local-node.ts'
import { NETWORK_NAME } from './network-name.ts'

export { closeNodes, type LocalNode, linked, textOf } from './local-node.ts'

export function startNode(options: NetworkOptions = {}): Promise<LocalNode> {
  return startLocalNode({ name: NETWORK_NAME, ...options })
}
