// Two homes behind routers that let nobody in, and one node that can be dialled: both homes join, and hear each other
// over it.
// time-limit: 120 s
// runs: quiet
import * as assert from 'uvu/assert'
import { type Host, makeHosts } from '../../../../test/support/hosts.ts'
import { until } from '../../../../test/support/wait.ts'
import { hostSuite } from '../support/host-suite.ts'
import { startProcess } from '../support/process-node.ts'
import { hideBehind, whyNoRouters } from '../support/routers.ts'

const WAIT_MS = 30_000
const { test, onHosts } = hostSuite('routers')
const missing = whyNoRouters()
if (missing !== null) test.skip(`routers (${missing})`, () => {})

if (missing === null)
  onHosts('two homes behind two routers join over one node that can be dialled, and hear everything', async () => {
    const [open, routerA, routerB, homeA, homeB] = makeHosts(5, 0) as [Host, Host, Host, Host, Host]
    hideBehind(routerA, homeA, 101)
    hideBehind(routerB, homeB, 102)
    const node = await startProcess(open.name)
    await node.start({ listen: `${open.address}:0` })
    const [a, b] = [await startProcess(homeA.name), await startProcess(homeB.name)]
    for (const home of [a, b]) await home.start({ listen: '0.0.0.0:0', join: node.address })
    await until(async () => (await node.peers()).length === 2, WAIT_MS, 'both homes')
    await a.write('from a ', 3)
    await b.write('from b ', 3)
    await until(async () => (await a.texts('from b '))['from b 2'] === 1, WAIT_MS, 'the words of b')
    await until(async () => (await b.texts('from a '))['from a 2'] === 1, WAIT_MS, 'the words of a')
    assert.is((await a.peers()).length, 1, 'nobody can be dialled but the one')
  })

test.run()
