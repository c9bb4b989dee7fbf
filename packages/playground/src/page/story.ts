// What is happening, in a sentence or two for somebody who sees it for the first time.
import type { ForLanes, LaneState } from '../world/messages.ts'
import { type Settings, type TimedAction, WARM_MS } from '../world/settings.ts'

export interface Seen {
  readonly settings: Settings
  readonly shownMs: number
  readonly isCut: boolean
  /** Whether the network was cut before. */
  readonly wasCut: boolean
  readonly states: ForLanes<LaneState>
  readonly actions: readonly TimedAction[]
  /** Authors that are up. */
  readonly authors: number
}

/** How long we mention what somebody wrote, in simulated ms. */
const TOLD_MS = 2_500

export function growingStory(done: number, nodes: number): string {
  return `A network grows: ${done} of ${nodes} nodes have joined. Each knew one address and found its neighbours from there.`
}

export function storyOf(seen: Seen): string {
  const { settings, states, isCut, shownMs, wasCut, authors } = seen
  const { alive, parts, measured } = states.trees
  if (isCut) return cutStory(parts)
  const written = writtenLately(seen)
  if (written !== null) return writtenStory(written)
  if (alive < settings.nodes && measured < 1) return failureStory(seen)
  if (wasCut && parts.length > 1) return `The halves can reach each other again: ${count(parts.length, 'part')} left.`
  if (settings.authors === 0) return 'No node writes by itself here. Click a node to write from it.'
  if (authors === 0) return 'No author is left. Click a node to write from it.'
  if (shownMs < WARM_MS) {
    return `${count(authors, 'author')} ${authors === 1 ? 'writes' : 'write'}. At first every message floods both networks; on the right, trees take shape.`
  }
  const rest = alive < settings.nodes ? `The ${alive} nodes that are left are one network. ` : ''
  return `${rest}On the left, most copies are for nothing. On the right, each node gets each message once. Click a node to write.`
}

function writtenLately({ actions, shownMs }: Seen): number | null {
  const last = actions.findLast(({ atMs, action }) => action.kind === 'write' && atMs <= shownMs)
  return last?.action.kind === 'write' && shownMs - last.atMs < TOLD_MS ? last.action.node : null
}

function writtenStory(node: number): string {
  return `Node ${node} wrote a message. Its messages flood on the right as well until it writes often: only then a tree pays.`
}

function failureStory({ settings, states, authors }: Seen): string {
  const { alive, parts, healMs } = states.trees
  const killed = `${settings.nodes - alive} of ${settings.nodes} nodes died at once.`
  if (healMs === null && parts.length > 1)
    return `${killed} The other ${alive} are ${parts.length} parts and look for each other.`
  const healed = `The other ${alive} were one network again after ${((healMs ?? 0) / 1_000).toFixed(1)} s.`
  return `${killed} ${healed} ${authors === 0 ? 'No author is left: click a node to write.' : 'On the right, nodes fetch what they missed.'}`
}

function cutStory(parts: readonly number[]): string {
  const [first = 0, second = 0] = parts
  if (parts.length === 2)
    return `Cut in two: nothing passes between the colours. ${first} and ${second} nodes go on by themselves.`
  return `Cut in two: nothing passes between the colours. Each half replaces the links that it lost: ${count(parts.length, 'part')}.`
}

function count(number: number, what: string): string {
  return number === 1 ? `1 ${what}` : `${number} ${what}s`
}
