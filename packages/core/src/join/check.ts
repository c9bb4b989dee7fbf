// The invariants of the join actor by name, for tests and for the simulator: what must hold after every step.
import { degree, guestCount, type JoinState } from './state.ts'

/** The first invariant that does not hold, or null. */
export function checkJoinState(state: JoinState): string | null {
  return checkNeighbours(state) ?? checkLinks(state) ?? checkBounds(state) ?? checkDeadlines(state) ?? checkOrder(state)
}

function checkNeighbours(state: JoinState): string | null {
  if (degree(state) > state.options.maxLinks) return `maximum degree: ${degree(state)}`
  for (const [peer, link] of state.neighbours) {
    if (peer === state.id) return 'no self: we are our own neighbour'
    if (state.links.get(link.link) !== link || link.peer !== peer) return `one entry per peer: lost link ${link.link}`
    if (link.role !== 'neighbour' || !link.flooding) return `one entry per peer: ${link.link} is ${link.role}`
    if (state.reservations.has(peer)) return `slots: one for the neighbour ${peer}`
  }
  return null
}

function checkLinks(state: JoinState): string | null {
  for (const link of state.links.values()) {
    if (link.peer === state.id) return 'no self: a link to ourselves'
    if (state.waiting.has(link) === (link.role === 'neighbour')) return `lists: ${link.link} is ${link.role}`
    const entered = state.neighbours.get(link.peer) === link
    if (entered !== (link.role === 'neighbour')) return `one entry per peer: ${link.link} is not the one`
    if (link.role === 'guest' && link.flooding) return `guests do not flood: ${link.link}`
    if (link.role === 'retiring' && !state.neighbours.has(link.peer)) return `retiring: ${link.link} for nobody`
  }
  if (state.reservations.has(state.id)) return 'no self: a slot for ourselves'
  return null
}

function checkBounds(state: JoinState): string | null {
  const { options, reservations } = state
  const learnt = [...state.known.values()].filter((known) => !known.configured).length
  if (learnt !== state.known.size - state.configured.size) return 'lists: configured addresses'
  if (!isIndexed(state)) return 'lists: addresses'
  const missed = [...state.known.values()].filter((known) => known.missed !== null)
  if (missed.length !== state.missed.size || missed.some((known) => !state.missed.has(known))) return 'lists: missed'
  if (learnt > options.maxKnownAddresses) return `bound: ${learnt} learnt addresses`
  if (state.walks.size > options.maxWalks) return `bound: ${state.walks.size} walks`
  if (state.dials.size > options.maxDials) return `bound: ${state.dials.size} dials`
  if (reservations.size > 2 * options.maxLinks) return `bound: ${reservations.size} slots`
  if (state.requests.size > options.maxLinks + options.maxDials + options.desiredLinks)
    return `bound: ${state.requests.size} requests`
  const guests = guestCount(state)
  return guests > options.maxGuests + 2 * options.maxLinks ? `bound: ${guests} guests` : null
}

function isIndexed({ known, addresses, groupCells }: JoinState): boolean {
  const grouped = addresses.filter(({ group }) => group !== null).length
  if (addresses.length !== known.size || groupCells.reduce((a, b) => a + b, 0) !== grouped) return false
  return addresses.every((address, place) => address.place === place && known.get(address.address) === address)
}

function checkDeadlines(state: JoinState): string | null {
  const waiting = [state.dials, state.reservations, state.requests, state.walks].flatMap((map) => [...map.values()])
  const guests = [...state.links.values()].filter((link) => link.role !== 'neighbour')
  for (const { deadline } of [...waiting, ...guests]) {
    if (!Number.isFinite(deadline)) return 'deadline: something waits for ever'
    if (state.wakeAt === null || state.wakeAt > deadline) return `deadline: wake at ${state.wakeAt}, due at ${deadline}`
  }
  return null
}

function checkOrder(state: JoinState): string | null {
  for (const map of [state.dials, state.reservations, state.requests, state.walks]) {
    let last = Number.NEGATIVE_INFINITY
    for (const { deadline } of map.values()) {
      if (deadline < last) return 'deadline: a map is not in the order of its deadlines'
      last = deadline
    }
  }
  return null
}
