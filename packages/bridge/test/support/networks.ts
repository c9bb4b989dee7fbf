// Small networks of each kind, whose members speak and listen.
import { encodeEnvelope } from '@floodnet/chat'
import { type Address, parseAddress } from '@floodnet/core'
import { until } from '../../../../test/support/wait.ts'
import { Gop2pNode } from '../../src/gop2p/index.ts'
import { TutorialNode } from '../../src/tutorial/tutorial-node.ts'
import type { Listener, Stage } from './bridged.ts'
import type { Member } from './round.ts'

const LINKED_MS = 30_000
export const LOCAL = { host: '127.0.0.1', port: 0 }

/** Some members, and where to join them. */
export interface SmallNetwork {
  readonly entry: string
  readonly members: readonly Member[]
}

/** Two nodes of ours in the tutorial's network, without Go. */
export async function tutorialNetwork(stage: Stage): Promise<SmallNetwork> {
  const first = await TutorialNode.start({ listen: LOCAL })
  const second = await TutorialNode.start({ listen: LOCAL, join: [addressOf(first.address)] })
  const members = [first, second].map((node, index): Member => {
    const lines: string[] = []
    node.foreign$.subscribe(({ payload }) => lines.push(new TextDecoder().decode(payload)))
    stage.later(() => node.close())
    return { name: `gob${index}`, node, say: (text) => node.say(new TextEncoder().encode(text)), foreign: () => lines }
  })
  await until(() => first.neighbours.length + second.neighbours.length === 2, LINKED_MS, 'two tutorial nodes, linked')
  return { entry: first.address, members }
}

/** Two nodes of floodnet. */
export async function floodNetwork(stage: Stage): Promise<SmallNetwork> {
  const pair = await stage.pair()
  return { entry: pair[0].network.address ?? '', members: pair.map(floodMember) }
}

/** Two members of a gop2p network. */
export async function gop2pNetwork(stage: Stage): Promise<SmallNetwork> {
  const nodes = [new Gop2pNode({ self: '127.0.0.1:0' }), new Gop2pNode({ self: '127.0.0.1:0' })]
  const members = nodes.map((node, index): Member => {
    const lines: string[] = []
    node.inbox.subscribe(({ data }) => lines.push(new TextDecoder().decode(data)))
    stage.later(() => node.stop())
    return { name: `gop2p${index}`, node, say: (text) => void node.outbox.send({ data: text }), foreign: () => lines }
  })
  for (const node of nodes) await node.start()
  const entry = `127.0.0.1:${nodes[0]?.self.port}`
  await nodes[1]?.connect(entry)
  return { entry, members }
}

export function addressOf(text: string): Address {
  return parseAddress(text) ?? LOCAL
}

function floodMember({ network, texts }: Listener, index: number): Member {
  const name = `flood${index}`
  const say = (text: string): void => void network.write(encodeEnvelope({ text, from: name, to: '' }))
  return { name, node: network, say, foreign: () => texts }
}
