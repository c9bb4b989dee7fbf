// time-limit: 400 s
// runs: alone
// The playground in a real browser: it draws, obeys keys, asks nobody for anything, and prints the figures of
// `floodnet sim`.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { CHROMIUM, NO_CHROMIUM, openPage, startBrowser, type WatchedPage } from '../../../../test/support/browser.ts'
import { until } from '../../../../test/support/wait.ts'
import type { LaneName, LaneState } from '../../src/world/messages.ts'

/** What the page tells of itself. */
interface Playground {
  drawn(): number
  frames(): { drawn: number; perSecond: number; medianMs: number; p95Ms: number; maxMs: number }
  state(): { isGrown: boolean; shownMs: number; states?: Record<LaneName, LaneState> }
  places(name: LaneName): number[]
  marks(name: LaneName): number[]
}

declare const floodnetPlayground: Playground

const WAIT_MS = 60_000
const LANES: LaneName[] = ['flood', 'trees']
const DIST = 'packages/playground/dist'

const page = suite('playground')
let server: ChildProcess
let browser: Browser
let url = ''

page('is plain files of less than 200 KB together', () => {
  const bytes = readdirSync(DIST).reduce((sum, name) => sum + statSync(join(DIST, name)).size, 0)
  assert.ok(bytes < 200 * 1_024, `${bytes} bytes`)
})

if (CHROMIUM === null) page.skip(`is drawn, obeys and prints the figures of floodnet sim ${NO_CHROMIUM}`)
else {
  page.before(start)
  page.after(async () => {
    await browser?.close()
    server?.kill()
  })

  page('after 80 % are killed it shows the figures that floodnet sim prints', async () => {
    const watched = await open('#nodes=100&seed=4')
    const shown = watched.page
    await pressByKey(shown, 'kill')
    await settle(shown)
    const columns = await texts(shown, '#result th[scope="col"]')
    const trees = await texts(shown, '#result tr:last-child td')
    const of = (title: string) => trees[columns.indexOf(title) - 1]
    const command = (await shown.textContent('#command')) ?? ''
    const printed = floodnet(command)
    assert.equal([of('alive'), of('parts'), of('reach')], ['20 of 100', '1', '100 %'])
    assert.equal([printed.alive, printed.components, printed.reach], [20, 1, 1])
    assert.is(of('trace'), printed.traceHash)
    assert.is(of('healed after'), `${printed.healSeconds.toFixed(1)} s`)
    assert.is(of('copies'), printed.steady.copies.toFixed(2))
    assert.is(of('half / 99 % after'), `${printed.steady.p50Ms} / ${printed.steady.p99Ms} ms`)
    assert.match(of('missed') ?? '', new RegExp(`^${printed.steady.missing} of `))
    // The address of this run is the run.
    const again = await open(new URL(shown.url()).hash)
    await settle(again.page)
    assert.equal(await texts(again.page, '#result td'), await texts(shown, '#result td'))
    await close(again, watched)
  })

  page('shows a network that is cut as two, and as one when it is healed', async () => {
    const watched = await open('#nodes=100&seed=2')
    const shown = watched.page
    const apart = await apartOf(shown)
    await pressByKey(shown, 'cut')
    await passSeconds(shown, 30)
    assert.equal((await stateOf(shown)).states?.trees.parts, [50, 50])
    await until(async () => (await apartOf(shown)) > 1 + apart, WAIT_MS, 'the halves do not drift apart')
    assert.match((await shown.textContent('#story')) ?? '', /50 and 50 nodes/)
    await pressByKey(shown, 'cut')
    await passSeconds(shown, 30)
    assert.equal((await stateOf(shown)).states?.trees.parts, [100])
    await close(watched)
  })

  page('draws nodes where they are, and messages on their way: more of them in the flood', async () => {
    const watched = await open('#nodes=200&seed=1')
    const shown = watched.page
    await passSeconds(shown, 12)
    for (const name of LANES) {
      const drawn = await drawnOf(shown, name)
      assert.ok(drawn.nodes >= 0.98 * 200, `${drawn.nodes} of 200 nodes in ${name}`)
      assert.is(drawn.corners, 0)
    }
    const seen = { flood: 0, trees: 0 }
    await until(
      async () => {
        for (const name of LANES) seen[name] += (await drawnOf(shown, name)).trails
        return seen.trees > 1_000 && seen.flood > 2 * seen.trees
      },
      WAIT_MS,
      () => JSON.stringify(seen)
    )
    await close(watched)
  })

  page('writes from the node that was clicked or chosen by keys', async () => {
    const watched = await open('#nodes=60&seed=1&authors=0')
    const shown = watched.page
    await until(() => placed(shown), WAIT_MS, 'the nodes have no places')
    const place = await shown.evaluate(() => floodnetPlayground.places('flood').slice(14, 16))
    await shown.locator('#flood').click({ position: { x: place[0] ?? 0, y: place[1] ?? 0 } })
    await until(
      () => /do=write\d+@/.test(shown.url()),
      WAIT_MS,
      () => shown.url()
    )
    await shown.focus('#trees')
    for (const key of ['ArrowLeft', 'ArrowUp', 'Enter']) await shown.keyboard.press(key)
    await until(
      () => /do=write\d+@[\d.]+,write\d+@/.test(shown.url()),
      WAIT_MS,
      () => shown.url()
    )
    await until(async () => (await shown.textContent('#plot-reach .trees')) === '100.0 %', WAIT_MS, 'nobody is reached')
    await close(watched)
  })

  page('every control is reached by the Tab key', async () => {
    const watched = await open('#nodes=50&seed=1')
    const shown = watched.page
    const all = await shown.$$eval('button, input, select', (found) =>
      found.map((each) => each.id || each.getAttribute('name'))
    )
    const reached = new Set<string | null>()
    for (let i = 0; i < 2 * all.length; i++) {
      await shown.keyboard.press('Tab')
      reached.add(
        await shown.evaluate(() => document.activeElement?.id || document.activeElement?.getAttribute('name') || null)
      )
    }
    assert.ok(all.length > 12)
    assert.equal(
      all.filter((id) => !reached.has(id)),
      []
    )
    await close(watched)
  })

  page('fits a phone, is light and dark, and runs no code but its own', async () => {
    const phone = { viewport: { width: 390, height: 844 } }
    const [light, dark] = [
      await open('#nodes=50&seed=1', { ...phone, colorScheme: 'light' }),
      await open('#nodes=50&seed=1', { ...phone, colorScheme: 'dark' })
    ]
    const colour = (shown: Page) => shown.evaluate(() => getComputedStyle(document.body).backgroundColor)
    const [bright, dim] = [await colour(light.page), await colour(dark.page)]
    assert.is.not(bright, dim)
    assert.is(await dark.page.evaluate(() => document.documentElement.scrollWidth), 390)
    await pressByKey(dark.page, 'theme')
    assert.is(await colour(dark.page), bright)
    await close(light, dark)
    const strange = await open('#nodes=50&seed=1')
    await strange.page.evaluate(() => {
      const script = document.createElement('script')
      script.textContent = 'document.title = "taken over"'
      document.head.append(script)
    })
    assert.is(await strange.page.title(), 'floodnet playground')
    assert.ok(strange.complaints.some((text) => text.includes('Content Security Policy')))
    await strange.page.context().close()
  })

  page('draws 1,000 nodes, and says how long it works on a frame', async () => {
    const watched = await open('#nodes=1000&seed=1')
    const shown = watched.page
    await until(() => placed(shown), WAIT_MS, 'the nodes have no places')
    const framesOf = () => shown.evaluate(() => floodnetPlayground.frames())
    const { drawn } = await framesOf()
    const enough = () => shown.evaluate((before) => floodnetPlayground.drawn() >= before + 60, drawn)
    await until(enough, WAIT_MS, 'it draws no frames')
    const frames = await framesOf()
    const [perSecond, medianMs, p95Ms] = [frames.perSecond, frames.medianMs, frames.p95Ms].map((each) =>
      each.toFixed(1)
    )
    console.log(`1,000 nodes: ${perSecond} frames/s; work a frame: median ${medianMs} ms, p95 ${p95Ms} ms`)
    assert.ok((await drawnOf(shown, 'flood')).nodes > 900)
    await close(watched)
  })
}

page.run()

/** `npm run playground`, and the browser. */
async function start(): Promise<void> {
  server = spawn(process.execPath, ['scripts/playground.mjs', '0'], { stdio: ['ignore', 'pipe', 'inherit'] })
  const [line] = (await once(server.stdout as NodeJS.ReadableStream, 'data')) as [Buffer]
  url = /http:\S+/.exec(`${line}`)?.[0] ?? ''
  browser = await startBrowser()
}

/** Resolves when the network has grown. */
async function open(hash: string, options: Parameters<typeof openPage>[1] = {}): Promise<WatchedPage> {
  const watched = await openPage(browser, { viewport: { width: 1_280, height: 800 }, ...options })
  await watched.page.goto(`${url}${hash}`)
  await until(async () => (await stateOf(watched.page)).isGrown, WAIT_MS, 'the network does not grow')
  return watched
}

/** Nothing to complain of, and nobody else was asked for anything. */
async function close(...pages: WatchedPage[]): Promise<void> {
  for (const { page: shown, complaints, requests } of pages) {
    assert.equal(complaints, [])
    assert.equal(
      requests.filter((request) => !request.startsWith(url)),
      []
    )
    await shown.context().close()
  }
}

function stateOf(shown: Page) {
  return shown.evaluate(() => floodnetPlayground.state())
}

async function pressByKey(shown: Page, id: string): Promise<void> {
  await shown.focus(`#${id}`)
  await shown.keyboard.press('Enter')
}

/** Simulated seconds, in tens. */
async function passSeconds(shown: Page, seconds: number): Promise<void> {
  const { shownMs } = await stateOf(shown)
  for (let passed = 0; passed < seconds; passed += 10) await pressByKey(shown, 'skip')
  await until(
    async () => (await stateOf(shown)).shownMs >= shownMs + 1_000 * seconds - 200,
    WAIT_MS,
    'time stands still'
  )
}

/** Until what was killed has been measured. */
async function settle(shown: Page): Promise<void> {
  for (let i = 0; i < 4; i++) await pressByKey(shown, 'skip')
  await shown.waitForSelector('#command')
}

function texts(shown: Page, selector: string): Promise<string[]> {
  return shown.$$eval(selector, (cells) => cells.map((cell) => cell.textContent ?? ''))
}

function placed(shown: Page): Promise<boolean> {
  return shown.evaluate(() => floodnetPlayground.places('flood').some((place) => place !== 0))
}

function floodnet(command: string) {
  const args = command.split(' ').slice(1)
  const { stdout, stderr } = spawnSync(process.execPath, ['packages/transport/dist/cli.js', ...args, '--json'], {
    encoding: 'utf8'
  })
  assert.ok(stdout !== '', stderr)
  return JSON.parse(stdout)
}

/** How far the halves' middles are from each other, in times of how far nodes are from the middle of their half. */
async function apartOf(shown: Page): Promise<number> {
  const places = await shown.evaluate(() => floodnetPlayground.places('trees'))
  const half = (side: number) =>
    places.flatMap((x, i) => (i % 4 === 2 * side ? [[x, places[i + 1] ?? 0] as const] : []))
  const [even, odd] = [half(0), half(1)]
  const middle = (nodes: (readonly [number, number])[]) =>
    [0, 1].map((axis) => nodes.reduce((sum, node) => sum + (node[axis] ?? 0), 0) / nodes.length) as [number, number]
  const [a, b] = [middle(even), middle(odd)]
  const spread = even.reduce((sum, [x, y]) => sum + Math.hypot(x - a[0], y - a[1]), 0) / even.length
  return Math.hypot(a[0] - b[0], a[1] - b[1]) / Math.max(1, spread)
}

/** What the layers hold: nodes that have colour at their place, colour in the corners, and pixels of trails. */
function drawnOf(shown: Page, name: LaneName): Promise<{ nodes: number; corners: number; trails: number }> {
  return shown.evaluate((lane) => {
    const [still, trails] = [...document.querySelectorAll<HTMLCanvasElement>(`#${lane} canvas`)]
    // A copy is read, so that the page's own canvases stay as quick as they are.
    const alphasOf = (canvas: HTMLCanvasElement | undefined) => {
      const { width: w = 1, height: h = 1 } = canvas ?? {}
      const copy = new OffscreenCanvas(w, h).getContext('2d', { willReadFrequently: true })
      if (canvas) copy?.drawImage(canvas, 0, 0)
      return (copy?.getImageData(0, 0, w, h).data ?? new Uint8ClampedArray()).filter((_, i) => i % 4 === 3)
    }
    const [alphas, width, height] = [alphasOf(still), still?.width ?? 0, still?.height ?? 0]
    const places = floodnetPlayground.places(lane)
    const up = floodnetPlayground.marks(lane).map((mark) => (mark & 1) === 1)
    const at = (x: number, y: number) => alphas[Math.round(y) * width + Math.round(x)] ?? 0
    return {
      nodes: up.filter((isUp, node) => isUp && at(places[2 * node] ?? 0, places[2 * node + 1] ?? 0) > 200).length,
      corners: at(0, 0) + at(width - 1, 0) + at(0, height - 1) + at(width - 1, height - 1),
      trails: alphasOf(trails).filter((alpha) => alpha > 60).length
    }
  }, name)
}
