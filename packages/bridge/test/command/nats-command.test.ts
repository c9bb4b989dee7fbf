// `floodnet bridge --nats` as an operator runs it: two processes, a NATS server, metrics, and what is said when
// something is missing.
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { until } from '../../../../test/support/wait.ts'
import { Stage } from '../support/bridged.ts'
import { type CommandRun, runCommand } from '../support/command-run.ts'
import { findNatsServer, NatsServer } from '../support/nats-server.ts'

const PATIENCE_MS = 60_000
/** Node finds no NATS client. */
const WITHOUT_CLIENTS = `data:text/javascript,${encodeURIComponent(`
  import { register } from 'node:module'
  const hooks = \`export function resolve(name, context, next) {
    if (!name.startsWith('@nats-io/')) return next(name, context)
    throw Object.assign(new Error('no ' + name), { code: 'ERR_MODULE_NOT_FOUND' })
  }\`
  register('data:text/javascript,' + encodeURIComponent(hooks))
`)}`

const server = findNatsServer()
const test = suite('floodnet bridge --nats')
const stage = new Stage()
test.after.each(() => stage.close())

if (server !== null) {
  test('two bridges carry messages from flood to flood, show their figures, and leave when told', async () => {
    const nats = await NatsServer.start(server)
    stage.later(() => nats.close())
    const [a, b] = [await stage.network(null), await stage.network(null)]
    const flags = ['--name', stage.name, '--listen', '127.0.0.1:0', '--nats', nats.url, '--stream', 'WORDS', '--json']
    const runs = [a, b].map((network, index) =>
      command(['bridge', '--join', network.address ?? '', '--flood', `f${index}`, '--metrics', '127.0.0.1:0', ...flags])
    )
    await until(
      () => runs.every(({ lines }) => ['"side"', '"peer-up"', '/metrics'].every((word) => lines.join().includes(word))),
      PATIENCE_MS,
      () => runs.map(({ lines, errors }) => [...lines, ...errors].join('\n')).join('\n\n')
    )
    await a.write('over the sea')
    const message = await b.read({ signal: AbortSignal.timeout(PATIENCE_MS) })
    assert.equal([Buffer.from(message.payload).toString(), message.origin], ['over the sea', a.id])

    const url = /http:\S+\/metrics/.exec(runs[1]?.lines.join('\n') ?? '')?.[0] ?? ''
    const page = await (await fetch(url)).text()
    assert.match(page, 'floodnet_nats_packets_total{direction="in"} 1')
    assert.match(page, 'floodnet_nats_connected 1')
    assert.match(page, 'floodnet_links{direction="dialled"} 1')
    for (const { child } of runs) child.kill('SIGTERM')
    for (const { exit, lines } of runs) {
      assert.equal(await exit, [0, null])
      assert.ok(lines.some((line) => line.includes('"event":"nats-stats"')))
    }
  })
}

test('without the clients it says in one line what to install', async () => {
  const run = command(
    ['bridge', '--listen', '127.0.0.1:0', '--nats', 'nats://127.0.0.1:1'],
    ['--import', WITHOUT_CLIENTS]
  )
  assert.equal(await run.exit, [1, null])
  assert.match(run.errors.at(-1) ?? '', /which are not installed: npm install @nats-io\/transport-node@\S+ @nats-io\//)
})

test('a server that is not there is told by its address, without the password', async () => {
  const run = command(['bridge', '--listen', '127.0.0.1:0', '--nats', 'nats://me:secret@127.0.0.1:1'])
  const [code] = (await run.exit) as [number]
  assert.ok(code > 0)
  assert.match(run.errors.at(-1) ?? '', 'ERR_FLOODNET_ADDRESS: no NATS server at 127.0.0.1:1')
  assert.not.match(run.errors.join(), 'secret')
})

test.run()

function command(args: readonly string[], nodeArgs: readonly string[] = []): CommandRun {
  return runCommand(stage, args, nodeArgs)
}
