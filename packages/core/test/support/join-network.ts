// Questions about a whole simulated network of join actors: is it one, is it symmetric, how many links has each.
import { type Machine, otherEnd, type World } from './join-world.ts'

export function alive(world: World): Machine[] {
  return world.machines.filter((machine) => machine.state !== null)
}

export function degrees(world: World): number[] {
  return alive(world).map((machine) => machine.state?.neighbours.size ?? 0)
}

/** What is wrong with the network as a whole, or null. To be asked at rest. */
export function checkNetwork(world: World): string | null {
  const count = components(world)
  if (count > 1) return `${count} components; degrees ${degrees(world).join(' ')}`
  return checkSymmetry(world)
}

/** The first link that only one of its ends takes for a neighbour's, or null. */
export function checkSymmetry(world: World): string | null {
  for (const machine of alive(world)) {
    for (const { link } of machine.state?.neighbours.values() ?? []) {
      const end = machine.ends.get(link)
      if (!end) return `${machine.name} holds a dead link`
      const other = otherEnd(end)
      const back = other.machine.state?.neighbours.get(machine.id)
      if (back?.link !== other.link) return `${machine.name} has ${other.machine.name}, which has it not`
    }
  }
  return null
}

export function components(world: World): number {
  const unseen = new Set(alive(world))
  let count = 0
  for (const first of unseen) {
    count++
    const stack = [first]
    unseen.delete(first)
    for (let machine = stack.pop(); machine; machine = stack.pop()) {
      for (const peer of peersOf(machine)) {
        if (unseen.delete(peer)) stack.push(peer)
      }
    }
  }
  return count
}

export function peersOf(machine: Machine): Machine[] {
  const peers: Machine[] = []
  for (const { link } of machine.state?.neighbours.values() ?? []) {
    const end = machine.ends.get(link)
    if (end) peers.push(otherEnd(end).machine)
  }
  return peers
}
