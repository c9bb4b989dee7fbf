// time-limit: 300 s
// runs: alone
// The dashboard in a real browser: it shows what stats() says, holds against hostile text and storms of events, asks
// nobody else for anything, and knows light, dark and narrow screens.
import { type DashboardServer, serveDashboard } from '@floodnet/transport'
import type { Browser, BrowserContextOptions } from 'playwright-core'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { CHROMIUM, NO_CHROMIUM, openPage, startBrowser, type WatchedPage } from '../../../../test/support/browser.ts'
import { until } from '../../../../test/support/wait.ts'
import type { NetworkStats } from '../../src/api.ts'
import { closeNodes, linked, startNode } from '../support/named-node.ts'
import { peerOf, STATS, statsOf } from '../support/stats.ts'
import { WatchedNetwork } from '../support/watched-network.ts'

const WAIT_MS = 60_000
const MESSAGES = 500
const TOKEN = 'f00d'.repeat(6)
const PHONE = { viewport: { width: 390, height: 844 } }
const HOSTILE = [
  '<script>hacked = 1</script>',
  '"><img src=x onerror="hacked = 1">',
  "'; hacked = 1; //",
  '\u202egnp.exe\u2066 \u200f',
  '&lt;b&gt;',
  `long-${'x'.repeat(10_000)}`
]

interface Shown extends WatchedPage {
  text(selector: string): Promise<string>
  count(selector: string): Promise<number>
}

const test = suite('dashboard in a browser')
let browser: Browser
let servers: DashboardServer[] = []

if (CHROMIUM === null) test.skip(`shows a node ${NO_CHROMIUM}`)
else {
  test.before(async () => {
    browser = await startBrowser()
  })

  test.after(() => browser.close())

  test.after.each(async () => {
    await Promise.all(browser.contexts().map((context) => context.close()))
    await Promise.all(servers.map((server) => server.close()))
    servers = []
    await closeNodes()
  })

  test('shows what stats() says, of real nodes with traffic', async () => {
    const [a, b, c] = [await startNode(), await startNode(), await startNode()]
    a.network.connect(b.address)
    a.network.connect(c.address)
    await Promise.all([linked(a, b), linked(a, c)])
    a.network.messages$.subscribe()
    const shown = await show(a.network)
    for (let i = 0; i < MESSAGES; i++) await Promise.all([b, c].map(({ network }) => network.write(`message ${i}`)))
    const stats = await until(() => statsAsShown(a.network, shown), WAIT_MS, 'the page shows the figures of stats()')
    assert.is(stats.messages.delivered, 2 * MESSAGES)
    assert.is(await shown.text('#id'), a.network.id.slice(0, 16))
    assert.is(await shown.text('#where'), `at ${a.address}`)
    assert.equal(await linksIn(shown), stats.peers.map(linkText).toSorted())
    assert.is(await shown.count('#charts canvas'), 4)
    await assertQuiet(shown)
  })

  test('tells who joins and leaves', async () => {
    const a = await startNode()
    const shown = await show(a.network)
    const b = await startNode({ join: a.address })
    await linked(a, b)
    const id = b.network.id.slice(0, 8)
    await until(async () => (await shown.text('#feed')).includes(`peer up ${id}`), WAIT_MS, 'the neighbour is told')
    await until(async () => (await shown.count('#links tr')) === 1, WAIT_MS, 'its row')
    await b.network.close()
    await until(async () => (await shown.text('#feed')).includes(`peer down ${id}`), WAIT_MS, 'that it is gone')
    await until(async () => (await shown.text('#status')) === 'no neighbour', WAIT_MS, 'the verdict')
    assert.is(await shown.count('#links tr'), 0)
  })

  test('shows hostile text as text, and keeps its shape', async () => {
    const network = new WatchedNetwork()
    const peers = HOSTILE.map((text, index) => peerOf({ id: `${index}${text}`, address: text }))
    network.figures = statsOf({
      peers,
      drops: Object.fromEntries(HOSTILE.map((text) => [text, 1])),
      closes: Object.fromEntries(HOSTILE.map((text) => [text, 1]))
    })
    const shown = await show(network, PHONE)
    await until(() => network.isHeard, WAIT_MS, 'events are heard')
    for (const text of HOSTILE) {
      network.emit('error', Object.assign(new Error(text), { code: 'ERR_FLOODNET_FAILED' }))
      network.emit('refused', { address: text, id: text, reason: text, by: 'us' })
    }
    await until(async () => (await shown.count('#feed li')) === 2 * HOSTILE.length, WAIT_MS, 'the events')
    assert.equal(await shown.page.evaluate('[typeof hacked, document.scripts.length, document.images.length]'), [
      'undefined',
      1,
      1
    ])
    const [text = ''] = HOSTILE
    assert.match(await shown.text('#feed'), `ERR_FLOODNET_FAILED: ${text}`)
    assert.match(await shown.text('#links'), text)
    assert.match(await shown.text('#losses'), text)
    assert.is(await overflow(shown), 0)
    await assertQuiet(shown)
  })

  test('is not stalled by 10,000 events a second', async () => {
    const network = new WatchedNetwork()
    const shown = await show(network)
    await until(() => network.isHeard, WAIT_MS, 'events are heard')
    let emitted = 0
    for (let burst = 0; burst < 3; burst++) {
      const before = network.asked
      for (let i = 0; i < 10_000; i++) {
        const reason = `reason ${emitted++}`
        network.emit('refused', { address: '10.0.0.7:1', id: null, reason, by: 'us' })
      }
      network.figures = statsOf({ messages: { written: burst, delivered: 1_000 + burst } })
      await until(() => network.asked > before + 1, WAIT_MS, 'two more looks')
    }
    await until(async () => (await exact(shown, 'Messages')) === 1_002, WAIT_MS, 'the newest figures')
    assert.ok((await shown.count('#feed li')) <= 200)
    assert.is(await eventsTold(shown), emitted, 'what is not shown is counted')
    await assertQuiet(shown)
  })

  test('loses sight of a node that goes, and finds it again', async () => {
    const network = new WatchedNetwork()
    const shown = await show(network)
    const address = servers[0]?.address ?? ''
    await servers.pop()?.close()
    await until(async () => (await shown.text('#status')).startsWith('no connection'), WAIT_MS, 'that it is gone')
    servers.push(await serveDashboard(network, address))
    await until(async () => !(await shown.text('#status')).startsWith('no connection'), WAIT_MS, 'it is back')
    assert.is(await exact(shown, 'Messages'), STATS.messages.delivered)
  })

  test('takes the token out of the address bar, and shows others nothing', async () => {
    const server = await serveDashboard(new WatchedNetwork(), '0.0.0.0:0', { token: TOKEN })
    servers.push(server)
    const origin = `http://${server.address.replace('0.0.0.0', '127.0.0.1')}`
    const stranger = await openPage(browser)
    assert.is((await stranger.page.goto(`${origin}/`))?.status(), 401)
    assert.equal(stranger.requests, [`${origin}/`])
    const shown = watched(await openPage(browser))
    await shown.page.goto(`${origin}/?token=${TOKEN}`)
    await until(() => exact(shown, 'Messages'), WAIT_MS, 'the figures')
    assert.is(shown.page.url(), `${origin}/`)
    assert.is(await shown.page.evaluate('document.cookie'), '')
    await shown.page.reload()
    await until(() => exact(shown, 'Messages'), WAIT_MS, 'the figures after a reload')
    await assertQuiet(shown)
  })

  for (const colorScheme of ['light', 'dark'] as const) {
    test(`is ${colorScheme} where the reader is, charts too, and fits a phone`, async () => {
      const shown = await show(new WatchedNetwork(), { ...PHONE, colorScheme })
      await until(async () => (await shown.count('#charts canvas')) === 4, WAIT_MS, 'the charts')
      const [r = 0] = (await shown.page.evaluate(
        'getComputedStyle(document.body).backgroundColor.match(/\\d+/g).map(Number)'
      )) as number[]
      assert.is(r > 128, colorScheme === 'light')
      assert.is(await overflow(shown), 0)
      await until(() => inkIn(shown), WAIT_MS, 'something is drawn')
      await shown.page.emulateMedia({ colorScheme: colorScheme === 'light' ? 'dark' : 'light' })
      await until(async () => (await shown.count('#charts canvas')) === 4, WAIT_MS, 'the charts in the other colours')
      await assertQuiet(shown)
    })
  }
}

test.run()

async function show(
  network: Parameters<typeof serveDashboard>[0],
  options: BrowserContextOptions = {}
): Promise<Shown> {
  const server = await serveDashboard(network, '127.0.0.1:0')
  servers.push(server)
  const shown = watched(await openPage(browser, options))
  await shown.page.goto(`http://${server.address}/`)
  await until(async () => (await shown.text('#id')) !== '-', WAIT_MS, 'a first snapshot')
  return shown
}

function watched(opened: WatchedPage): Shown {
  const { page } = opened
  return {
    ...opened,
    text: async (selector) => (await page.locator(selector).textContent()) ?? '',
    count: (selector) => page.locator(selector).count()
  }
}

/** The exact value of a tile; 0: not there yet. */
async function exact({ page }: Shown, tile: string): Promise<number> {
  return Number((await page.locator(`[data-figure="${tile}"]`).getAttribute('data-value')) ?? 0)
}

/** The node's figures, when the page shows the very same; null: it does not, or not yet. */
async function statsAsShown(network: { stats(): Promise<NetworkStats> }, shown: Shown): Promise<NetworkStats | null> {
  const stats = await network.stats()
  const { links, bytes, duplicates, messages, drops } = stats
  const expected = {
    Links: links.dialled + links.accepted,
    In: bytes.in,
    Out: bytes.out,
    Copies: duplicates,
    Messages: messages.delivered,
    Lost: Object.values(drops).reduce((sum, count) => sum + count, 0)
  }
  const tiles = await Promise.all(Object.keys(expected).map((tile) => exact(shown, tile)))
  return messages.delivered === 2 * MESSAGES && tiles.join() === Object.values(expected).join() ? stats : null
}

function linkText({ id, address, direction }: NetworkStats['peers'][number]): string {
  return `${direction} ${id} ${address}`
}

async function linksIn({ page }: Shown): Promise<string[]> {
  const rows = await page.evaluate(`[...document.querySelectorAll('#links tr')].map((row) => {
    const [arrow, id] = row.querySelectorAll('[title]')
    return [arrow.title, id.title, row.querySelector('.address').textContent].join(' ')
  })`)
  return (rows as string[]).toSorted()
}

/** Events that the page has lines for, and those of which it says that they are not shown. */
async function eventsTold({ page }: Shown): Promise<number> {
  return (await page.evaluate(`[...document.querySelectorAll('#feed li')].reduce((sum, { dataset, children, textContent }) => {
    const digits = (text) => Number(text.replace(/\\D/g, ''))
    return sum + (dataset.tone === 'skipped' ? digits(children[1].textContent) : digits(children[2]?.textContent ?? '1'))
  }, 0)`)) as number
}

/** Pixels by which the page is wider than its window. */
async function overflow({ page }: Shown): Promise<number> {
  return (await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth')) as number
}

/** Whether the first chart has any pixel. */
async function inkIn({ page }: Shown): Promise<boolean> {
  return (await page.evaluate(`(() => {
    const canvas = document.querySelector('#charts canvas')
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height)
    return data.some((value) => value > 0)
  })()`)) as boolean
}

/** Nothing was asked of anyone else, and the browser has nothing to complain of. */
async function assertQuiet({ page, complaints, requests }: Shown): Promise<void> {
  const { origin } = new URL(page.url())
  assert.equal(
    requests.filter((url) => !url.startsWith(`${origin}/`)),
    []
  )
  assert.equal(complaints, [])
}
