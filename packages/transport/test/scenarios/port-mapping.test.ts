// A home whose router maps ports on request: what the router says is told, what a neighbour reached is advertised, and
// nothing else.
// time-limit: 200 s
// runs: quiet
import { decodeTicket } from '@floodnet/core'
import * as assert from 'uvu/assert'
import { type Host, makeHosts } from '../../../../test/support/hosts.ts'
import { until } from '../../../../test/support/wait.ts'
import { type FakeGateway, killGateways, type Manners, startGateway } from '../support/fake-gateway.ts'
import { hostSuite } from '../support/host-suite.ts'
import { type ProcessNode, startProcess } from '../support/process-node.ts'
import { hideBehind, whyNoRouters } from '../support/routers.ts'

const WAIT_MS = 60_000
const PORT = 55_555
const LIE = '198.51.100.7'
const { test, onHosts } = hostSuite('port mapping')
const missing = whyNoRouters()
if (missing !== null) test.skip(`routers (${missing})`, () => {})
test.after.each(killGateways)

interface Step {
  readonly phase: string
  readonly protocol: string | null
  readonly address: string | null
  readonly reason?: string
}

interface Scene {
  readonly home: ProcessNode
  readonly far: ProcessNode
  readonly router: Host
  readonly gateway: FakeGateway
}

if (missing === null) {
  for (const speaks of ['nat-pmp', 'upnp'] as const)
    onHosts(
      `a port mapped by ${speaks} is tried by a neighbour, told to others, renewed, and removed in the end`,
      async () => {
        const { home, far, router, gateway } = await begin({ speaks, leaseS: 4 })
        const address = `${router.address}:${PORT}`
        await until(async () => (await phases(home)).includes('reached'), WAIT_MS, 'a neighbour that reached us')
        const [mapped, reached] = [await step(home, 'mapped'), await step(home, 'reached')]
        assert.equal(mapped, {
          phase: 'mapped',
          protocol: speaks,
          gateway: '192.168.101.1',
          address,
          reason: 'outside-is-private'
        })
        assert.equal(reached, { phase: 'reached', protocol: speaks, gateway: '192.168.101.1', address })
        // Somebody who only knows the far node links with the home: by dialling it.
        const third = await startProcess((router as Host & { third: string }).third)
        await third.start({ listen: false, join: address })
        await until(async () => (await third.peers()).some(({ id }) => id === home.id), WAIT_MS, 'a link from outside')
        if (speaks === 'nat-pmp') await until(() => gateway.orders.includes(`renew ${PORT}`), WAIT_MS, 'a renewal')
        await home.close()
        assert.is(gateway.orders[0], `map ${PORT}`)
        assert.match(gateway.orders.at(-1) ?? '', /^unmap/)
        assert.is(
          (await far.peers()).some(({ id }) => id === home.id),
          false
        )
      }
    )

  onHosts('a router that lies about its address is shown, and its word is not passed on', async () => {
    const { home, far, router } = await begin({ speaks: 'nat-pmp', says: LIE })
    await until(async () => (await phases(home)).includes('reached'), WAIT_MS, 'a neighbour that reached us')
    const [mapped, reached] = [await step(home, 'mapped'), await step(home, 'reached')]
    assert.is(mapped?.address, `${LIE}:${PORT}`)
    assert.is(reached?.address, `${router.address}:${PORT}`)
    assert.is(reached?.reason, 'address-differs')
    assert.not.ok(JSON.stringify([await told(home), await far.peers(), await far.events()]).includes(LIE))
  })

  onHosts('a mapping that leads nowhere is never told to others', async () => {
    const { home, far, gateway } = await begin({ speaks: 'upnp', maps: false, taken: PORT })
    await until(
      async () => (await steps(home)).some(({ reason }) => reason === 'not-reached'),
      WAIT_MS,
      'a neighbour that tried'
    )
    assert.is((await phases(home)).includes('reached'), false)
    const mappedPort = gateway.orders[0]?.replace('map ', '') ?? ''
    assert.not.ok((await told(home)).some((address) => address.endsWith(`:${mappedPort}`)))
    assert.is((await far.stats()).finding['dial-back-not-reached'], 1)
    await home.close()
    assert.is(gateway.orders.at(-1), `unmap ${mappedPort}`)
  })

  onHosts('a port that is taken outside is mapped under another number, and over when the router is gone', async () => {
    const { home, router } = await begin({ speaks: 'nat-pmp', taken: PORT, leaseS: 4 })
    await until(async () => (await phases(home)).includes('reached'), WAIT_MS, 'a neighbour that reached us')
    assert.is((await step(home, 'reached'))?.address, `${router.address}:${PORT + 1}`)
    assert.is((await told(home))[0], `${router.address}:${PORT + 1}`)
    killGateways()
    await until(async () => (await step(home, 'lost')) !== undefined, WAIT_MS, 'the end of it')
    assert.is((await step(home, 'lost'))?.reason, 'lease-over')
    assert.not.ok((await told(home)).includes(`${router.address}:${PORT + 1}`))
  })

  onHosts('a router that refuses is told with the reason, and the node goes on as without', async () => {
    const { home } = await begin({ speaks: 'upnp', refuses: true })
    await until(async () => (await reasons(home)).includes('gateway-refused'), WAIT_MS, 'the reason')
    await until(async () => (await home.peers()).length === 1, WAIT_MS, 'its neighbour')
  })
}

/** A home behind a router with these manners, and a neighbour that can be dialled. */
async function begin(manners: Manners): Promise<Scene> {
  const [open, router, inner, third] = makeHosts(4, 0) as [Host, Host, Host, Host]
  hideBehind(router, inner, 101)
  const gateway = await startGateway(router, 101, manners)
  const [far, home] = [await startProcess(open.name), await startProcess(inner.name)]
  await far.start({ listen: `${open.address}:0` })
  await home.start({ listen: `0.0.0.0:${PORT}`, join: far.address, mapPort: true })
  return { home, far, router: Object.assign(router, { third: third.name }), gateway }
}

async function steps(node: ProcessNode): Promise<Step[]> {
  const events = await node.events()
  return events.flatMap(({ name, details }) => (name === 'mapping' ? [details as Step] : []))
}

async function step(node: ProcessNode, phase: string): Promise<Step | undefined> {
  return (await steps(node)).find((each) => each.phase === phase)
}

/** The addresses that the node tells others to dial. */
async function told(node: ProcessNode): Promise<string[]> {
  const ticket = decodeTicket(await node.ticket())
  return typeof ticket === 'string' ? [] : ticket.peers.map(({ address }) => address)
}

async function reasons(node: ProcessNode): Promise<(string | undefined)[]> {
  return (await steps(node)).map(({ reason }) => reason)
}

async function phases(node: ProcessNode): Promise<string[]> {
  return (await steps(node)).map(({ phase }) => phase)
}

test.run()
