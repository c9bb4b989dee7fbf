// Real processes that all write while links are cut and nodes are killed: survivors lose nothing of each other, and
// read it in order. FLOODNET_CHURN_S sets how long; FLOODNET_PARENTS the parents, FLOODNET_WRITE_MS the pause between
// two messages of an author.
// time-limit: 240 s
// runs: alone
import { setTimeout as sleep } from 'node:timers/promises'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { until } from '../../../../test/support/wait.ts'
import { CutProxy } from '../support/cut-proxy.ts'
import { type FlowProcess, killFlows, startFlow } from '../support/flow-process.ts'
import type { FlowReport } from '../support/flow-protocol.ts'
import { mulberry32 } from '../support/random.ts'

const COUNT = 16
const DESIRED = 5
const parents = Number(process.env.FLOODNET_PARENTS ?? 1)
const CHURN_S = Number(process.env.FLOODNET_CHURN_S ?? 12)
const KILL_EVERY_S = 3
const CUTS_A_SECOND = 2
/** Busy authors, and yet no more than half of two cores: a message costs all nodes together some 6 ms. */
const WRITE_EVERY_MS = Number(process.env.FLOODNET_WRITE_MS ?? 200)
const MESSAGE_BYTES = 200
const SETTLE_MS = 45_000

test.after.each(async () => {
  await killFlows()
  await CutProxy.closeAll()
})

test(`${COUNT} processes write, links are cut, one is killed every ${KILL_EVERY_S} s: survivors get each other's messages once and in order`, async () => {
  const seed = Number(process.env.FLOODNET_SEED ?? Date.now() % 1_000_000)
  console.log(`FLOODNET_SEED=${seed}`)
  const random = mulberry32(seed)
  const pick = (count: number): number => Math.floor(random() * count)
  const nodes = await startAll()
  await Promise.all(nodes.map(({ node }) => node.read()))
  const writing = new Map(
    nodes.map(({ node }) => {
      const written = node.write(MESSAGE_BYTES, { ms: (CHURN_S + 5) * 1_000, everyMs: WRITE_EVERY_MS })
      written.catch(() => undefined)
      return [node, written] as const
    })
  )
  const survivors = [...nodes]
  let cuts = 0
  for (let tick = 0; tick < CHURN_S * CUTS_A_SECOND; tick++) {
    await sleep(1_000 / CUTS_A_SECOND)
    if (survivors[pick(survivors.length)]!.proxy.cutOne(pick)) cuts++
    if (tick % (KILL_EVERY_S * CUTS_A_SECOND) === 0 && survivors.length > COUNT / 2)
      survivors.splice(pick(survivors.length), 1)[0]!.node.child.kill('SIGKILL')
  }
  const written = new Map<string, number>()
  for (const { node } of survivors) written.set(node.id, (await writing.get(node)!).written)
  const reports = await Promise.all(survivors.map(({ node }) => settled(node, written))).catch(async (error: Error) => {
    for (const { node } of survivors) {
      const { stats, events } = await node.report()
      console.log(node.id.slice(0, 8), stats.peers.length, JSON.stringify(stats.drops))
      if (error.message.includes(`${node.id.slice(0, 8)}:`))
        for (const e of events)
          if (['peer-up', 'peer-down', 'dropped', 'lagging'].includes(e.name))
            console.log('   ', e.name, JSON.stringify(e.details))
    }
    throw error
  })
  print(reports, cuts, survivors.length)
  for (const report of reports) {
    const gaps = report.events.filter(({ name, details }) => name === 'gap' && written.has(originOf(details)))
    assert.equal(gaps, [])
  }
})

interface Place {
  readonly node: FlowProcess
  readonly proxy: CutProxy
}

async function startAll(): Promise<Place[]> {
  const places: Place[] = []
  for (let i = 0; i < COUNT; i++) {
    const proxy = await CutProxy.start()
    const join = places.slice(-2).map((place) => place.proxy.address)
    const options = { advertise: proxy.address, maxLinks: 12, inboxLimit: 100_000, parents }
    const node = await startFlow(DESIRED, join, { ...options, limits: { retryMinMs: 100, retryMaxMs: 1_000 } })
    proxy.target = node.address ?? ''
    places.push({ node, proxy })
  }
  const isWhole = async (): Promise<boolean> => {
    const reports = await Promise.all(places.map(({ node }) => node.report()))
    return reports.every(({ stats }) => stats.peers.length >= DESIRED)
  }
  await until(isWhole, SETTLE_MS, 'every node has its links')
  return places
}

/** The report of a node that has everything of every survivor. */
async function settled(node: FlowProcess, written: ReadonlyMap<string, number>): Promise<FlowReport> {
  let report = await node.report()
  const faults = (): string[] =>
    [...written].flatMap(([id, count]) => {
      if (id === node.id) return []
      const { received = 0, missing = 0, disordered = 0, damaged = 0 } = report.streams[id] ?? {}
      const isRight = received === count && missing === 0 && disordered === 0 && damaged === 0
      return isRight ? [] : [`${id.slice(0, 8)}: ${JSON.stringify({ count, received, missing, disordered, damaged })}`]
    })
  const complete = async (): Promise<boolean> => {
    report = await node.report()
    return faults().length === 0
  }
  await until(complete, SETTLE_MS, () => `${node.id.slice(0, 8)} has everything, but ${faults().join('; ')}`).catch(
    (error: Error) => {
      const { trees, drops } = report.stats
      const gaps = report.events.filter(({ name }) => name === 'gap').map(({ details }) => JSON.stringify(details))
      throw new Error(`${error.message}\n${JSON.stringify({ trees, drops })}\n${gaps.join('\n')}`)
    }
  )
  return report
}

function originOf(details: object): string {
  return 'origin' in details ? String(details.origin) : ''
}

function print(reports: readonly FlowReport[], cuts: number, survivors: number): void {
  const sum = (pick: (report: FlowReport) => number): number => reports.reduce((total, each) => total + pick(each), 0)
  const counts = ['prunesSent', 'graftsSent', 'repairs', 'parentsChanged'].map(
    (name) => `${name} ${sum(({ stats }) => stats.trees[name] ?? 0)}`
  )
  const fresh = sum(({ stats }) => stats.packets.in) - sum(({ stats }) => stats.duplicates)
  const copies = sum(({ stats }) => stats.packets.in) / fresh
  console.log(`${cuts} cuts, ${survivors} survivors; copies ${copies.toFixed(2)}; ${counts.join(', ')}`)
}

test.run()
