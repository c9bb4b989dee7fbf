// What the neighbour lists of a whole network must look like, judged from the outside.

/** Neighbours by node: what each node says. */
export type Neighbourhood = ReadonlyMap<string, readonly string[]>

/**
 * What is wrong with it, as sentences; empty when every node has `desired` links or all others, and all is as it must
 * be.
 */
export function faultsOf(neighbourhood: Neighbourhood, desired: number): string[] {
  const least = Math.min(desired, neighbourhood.size - 1)
  const faults: string[] = []
  for (const [id, neighbours] of neighbourhood) {
    const name = short(id)
    if (neighbours.length < least) faults.push(`${name} has ${neighbours.length} of ${least} links`)
    if (new Set(neighbours).size < neighbours.length) faults.push(`${name} has two links to one peer`)
    if (neighbours.includes(id)) faults.push(`${name} is linked to itself`)
    for (const peer of neighbours) {
      const back = neighbourhood.get(peer)
      if (back === undefined) faults.push(`${name} has a link to ${short(peer)}, who is gone`)
      else if (!back.includes(id)) faults.push(`${name} has a link to ${short(peer)}, who has none to it`)
    }
  }
  const reached = componentOf(neighbourhood)
  if (reached < neighbourhood.size) faults.push(`only ${reached} of ${neighbourhood.size} hang together`)
  return faults
}

/** Nodes that the first one reaches. */
function componentOf(neighbourhood: Neighbourhood): number {
  const reached = new Set([...neighbourhood.keys()].slice(0, 1))
  for (const id of reached) for (const peer of neighbourhood.get(id) ?? []) reached.add(peer)
  return reached.size
}

function short(id: string): string {
  return id.slice(0, 8)
}
