// The stations of one run: a process each, started and linked as the topology says, and ended whatever happens.
import { Child } from '../run/child.ts'
import { until } from '../run/wait.ts'
import type { Progress, StationCalls } from './station-calls.ts'
import { edgesOf, type Place, type Topology } from './topology.ts'

const LINK_MS = 30_000

/** A system under test, as its stations need it. */
export interface System {
  readonly name: string
  /** Address of the module that stations load. */
  readonly module: string
  readonly settings: Readonly<Record<string, unknown>>
}

export interface Member {
  readonly place: Place
  readonly child: Child<StationCalls>
  address: string
}

export class Cast {
  readonly members: readonly Member[]

  private constructor(members: readonly Member[]) {
    this.members = members
  }

  static async start(system: System, topology: Topology): Promise<Cast> {
    const cast = new Cast(topology.map((place) => ({ place, child: new Child('nodes/station'), address: '' })))
    try {
      for (const member of cast.members) await cast.#start(system, topology, member)
      for (const member of cast.members) await linked(member, edgesOf(topology, member.place.name).length)
      return cast
    } catch (error) {
      await cast.end()
      throw error
    }
  }

  get writers(): Member[] {
    return this.members.filter(({ place }) => place.writes)
  }

  get readers(): Member[] {
    return this.members.filter(({ place }) => place.reads)
  }

  async end(): Promise<void> {
    await Promise.allSettled(this.members.map(({ child }) => child.ask('close', {}, 5_000)))
    await Promise.all(this.members.map(({ child }) => child.end()))
  }

  /** Writers whose messages the reader gets: a system does not give a program its own. */
  streamsOf(reader: Member): Member[] {
    return this.writers.filter((writer) => writer !== reader)
  }

  /** Tells the writers what all readers have of each of them, about. */
  passCredit(): void {
    const received = this.readers.map(() => 0)
    for (const [i, reader] of this.readers.entries()) {
      const streams = this.streamsOf(reader).length
      reader.child.onEvent = (event) => {
        received[i] = (event as Progress).received / streams
        for (const writer of this.writers) void writer.child.ask('credit', { received: Math.min(...received) })
      }
    }
  }

  async #start(system: System, topology: Topology, member: Member): Promise<void> {
    const { name, join, reads } = member.place
    const edges = edgesOf(topology, name)
    const addresses = this.members.filter(({ place }) => join.includes(place.name)).map(({ address }) => address)
    const options = { name, join: addresses, links: edges.length, edges, reads, settings: system.settings }
    member.address = (await member.child.ask('start', { module: system.module, options })).address
    // One after the other, so that nobody takes another one's place.
    await linked(member, join.length)
  }
}

async function linked({ child, place }: Member, count: number): Promise<void> {
  await until(async () => (await child.ask('links', {})) >= count, LINK_MS, `${place.name} has ${count} links`)
}
