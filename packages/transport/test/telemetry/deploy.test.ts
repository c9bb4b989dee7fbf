// What deploy/ and docs/OPERATING.md name is there: metrics, labels, flags, variables, pages, files.
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { CLOSE_REASONS, type TreeHost, Trees } from '@floodnet/core'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { parseArguments } from '../../src/commands/arguments.ts'
import { NODE_FLAGS } from '../../src/commands/flags.ts'
import { variableOf } from '../../src/commands/line/defaults.ts'
import { PAGES } from '../../src/telemetry/metrics.ts'
import { NODE_METRICS } from '../../src/telemetry/node-metrics.ts'
import { PROCESS_METRICS } from '../../src/telemetry/process-metrics.ts'
import { DROP_REASONS } from '../../src/threads/drop-reasons.ts'
import { inFolder } from '../support/folder.ts'

const test = suite('deploy')
const read = (path: string) => readFileSync(path, 'utf8')
const [DOCKERFILE, UNIT, CONF] = [
  'deploy/Dockerfile',
  'deploy/systemd/floodnet.service',
  'deploy/systemd/floodnet.conf'
]
const [ALERTS, DASHBOARD, GUIDE] = ['deploy/prometheus/alerts.yml', 'deploy/grafana/floodnet.json', 'docs/OPERATING.md']
const METRICS = [...NODE_METRICS, ...PROCESS_METRICS].map(({ name }) => name)
const VARIABLES = Object.keys(NODE_FLAGS).map(variableOf)

/** Null where the tool is missing. */
function run(tool: string, ...args: string[]): { status: number | null; text: string } | null {
  const { error, status, stdout, stderr } = spawnSync(tool, args, { encoding: 'utf8' })
  if (error) console.log(`skipped: ${tool} is not installed`)
  return error ? null : { status, text: `${stdout}${stderr}` }
}

/** Queries of the dashboard, as Grafana sends them. */
function dashboardQueries(): string[] {
  const { panels }: { panels: { targets: { expr: string }[] }[] } = JSON.parse(read(DASHBOARD))
  const queries = panels.flatMap(({ targets }) => targets.map(({ expr }) => expr))
  return queries.map((text) => text.replaceAll('$__rate_interval', '5m').replaceAll('$instance', '.*'))
}

for (const path of [ALERTS, DASHBOARD, GUIDE]) {
  test(`${path} names only metrics that a node exports`, () => {
    // Those of a NATS bridge are held to what it exports by a test of its own package.
    const named = [...read(path).matchAll(/\b(?:floodnet(?!_nats)|process|nodejs)_[a-z_]+\b/g)].map(([name]) => name)
    assert.ok(named.length > 0)
    assert.equal(
      named.filter((name) => !METRICS.includes(name)),
      []
    )
  })
}

test('alerts and dashboard ask for reasons that there are', () => {
  for (const text of [read(ALERTS), ...dashboardQueries()]) {
    for (const [, metric = '', pattern = ''] of text.matchAll(
      /floodnet_(drops|closes)_total\{[^}]*reason(?:=~|!=|=)"([^"]+)"/g
    )) {
      const known: readonly string[] = metric === 'drops' ? DROP_REASONS : CLOSE_REASONS
      for (const part of pattern.split('|'))
        assert.ok(
          known.some((reason) => new RegExp(`^(${part})$`).test(reason)),
          `${metric}: ${part}`
        )
    }
  }
})

test('alerts and dashboard ask for events of trees that there are', () => {
  const events = Object.keys(new Trees({} as TreeHost, Math.random).counts)
  const asked = [read(ALERTS), ...dashboardQueries()].flatMap((text) => [
    ...text.matchAll(/floodnet_trees_total\{[^}]*event="(\w+)"/g)
  ])
  assert.ok(asked.length > 0)
  for (const [, event = ''] of asked) assert.ok(events.includes(event), event)
})

test('promtool accepts the alerts and the configuration, and the alerts fire as written down', () => {
  for (const args of [
    ['check', 'rules', ALERTS],
    ['check', 'config', 'deploy/prometheus/prometheus.yml'],
    ['test', 'rules', 'deploy/prometheus/alerts.test.yml']
  ]) {
    const result = run('promtool', ...args)
    if (result === null) return
    assert.is(result.status, 0, result.text)
  }
})

test('promtool can read every query of the dashboard', () =>
  inFolder(async (folder) => {
    const rules = dashboardQueries().map((expr, index) => ({ record: `query_${index}`, expr }))
    // JSON is YAML.
    await writeFile(join(folder, 'rules.yml'), JSON.stringify({ groups: [{ name: 'dashboard', rules }] }))
    const result = run('promtool', 'check', 'rules', join(folder, 'rules.yml'))
    if (result !== null) assert.is(result.status, 0, result.text)
  }))

test('each alert has its place in the guide, and the guide no other', () => {
  const alerts = [...read(ALERTS).matchAll(/- alert: (\w+)/g)].map(([, name]) => name)
  const explained = [...read(GUIDE).matchAll(/^\| `(Floodnet\w+)` \|/gm)].map(([, name]) => name)
  assert.ok(alerts.length > 5)
  assert.equal(explained, alerts)
})

test('the Dockerfile runs a node that is not root, with flags, pages and paths that there are', () => {
  const text = read(DOCKERFILE).replace(/\\\n/g, ' ')
  const last = text.slice(text.lastIndexOf('\nFROM '))
  assert.match(last, /^USER (?!root|0)\w+$/m)
  assert.ok(last.indexOf('\nUSER ') < last.indexOf('\nENTRYPOINT'))
  const health = /^HEALTHCHECK .*http:\/\/127\.0\.0\.1:(\d+)(\/\w+)/m.exec(last) ?? []
  assert.ok(PAGES.has(health[2] ?? ''), 'the health check asks for a page that there is')
  const variables = [...last.matchAll(/\b(FLOODNET_\w+)=(\S+)/g)]
  assert.equal(
    variables.filter(([, name = '']) => !VARIABLES.includes(name)),
    []
  )
  const env = Object.fromEntries(variables.map(([, name = '', value = '']) => [name, value]))
  assert.match(env.FLOODNET_METRICS ?? '', new RegExp(`:${health[1]}$`))
  const command: string[] = JSON.parse(/^CMD (\[.*\])$/m.exec(last)?.[1] ?? '[]')
  const invocation = parseArguments(command, env)
  assert.is(invocation.kind, 'run')
  const volume = /^VOLUME (\S+)$/m.exec(last)?.[1] ?? '?'
  assert.ok(env.FLOODNET_IDENTITY?.startsWith(`${volume}/`))
  const ports = /^EXPOSE (.*)$/m.exec(last)?.[1]?.split(' ') ?? []
  for (const port of ports) assert.ok([env.FLOODNET_LISTEN, env.FLOODNET_METRICS].includes(`:${port}`), port)
  for (const [, name = ''] of text.matchAll(/ -w (\S+)/g)) assert.ok(existsSync(`${name}/package.json`), name)
  const bins: { bin: Record<string, string> } = JSON.parse(read('packages/transport/package.json'))
  assert.ok((/^ENTRYPOINT \["(\w+)"\]$/m.exec(last)?.[1] ?? '') in bins.bin)
})

test('the unit starts a node with flags and variables that there are', () => {
  const text = read(UNIT)
  const [program = '', ...args] = (/^ExecStart=(.*)$/m.exec(text)?.[1] ?? '').split(' ')
  assert.match(program, /\/floodnet$/)
  const config = args.indexOf('--config')
  const variables = [...text.matchAll(/^Environment=(\w+)=(.*)$/gm)].map(([, name = '', value = '']) => [name, value])
  assert.equal(
    variables.filter(([name = '']) => !VARIABLES.includes(name)),
    []
  )
  const invocation = parseArguments(args.with(config + 1, resolve(CONF)), Object.fromEntries(variables))
  assert.is(invocation.kind === 'run' && invocation.settings.metrics, '127.0.0.1:9464')
  for (const line of ['DynamicUser=yes', 'StateDirectory=floodnet', 'NoNewPrivileges=yes'])
    assert.match(text, `\n${line}\n`)
})

test('systemd accepts the unit', () =>
  inFolder(async (folder) => {
    // The program is not installed here; any that can be executed stands for it.
    const unit = read(UNIT).replace(/^ExecStart=\S+/m, `ExecStart=${process.execPath}`)
    await writeFile(join(folder, 'floodnet.service'), unit)
    const result = run('systemd-analyze', 'verify', '--man=no', join(folder, 'floodnet.service'))
    if (result !== null) assert.equal([result.status, result.text], [0, ''])
  }))

test('every line of the example of a configuration is one, those that are commented out too', () =>
  inFolder(async (folder) => {
    const path = join(folder, 'floodnet.conf')
    await writeFile(join(folder, 'network.key'), 'a secret of more than 16 bytes')
    const lines = read(CONF).replace(/^#(?=\w)/gm, '')
    await writeFile(path, lines.replace('/etc/floodnet/network.key', join(folder, 'network.key')))
    const invocation = parseArguments(['node', '--config', path])
    assert.equal(invocation.kind === 'run' && invocation.settings.options.join, [
      '10.0.0.7:55555',
      'node2.example:55555'
    ])
  }))

test('the guide names only flags, variables and pages that there are', () => {
  const text = read(GUIDE)
  const flags = [...text.matchAll(/`--([a-z-]+)/g)].map(([, name = '']) => name)
  assert.equal(
    flags.filter((name) => !(name in NODE_FLAGS)),
    []
  )
  const variables = [...text.matchAll(/\bFLOODNET_\w+/g)].map(([name]) => name)
  assert.equal(
    variables.filter((name) => !VARIABLES.includes(name)),
    []
  )
  const pages = [...text.matchAll(/^\| `(\/\w+)` \|/gm)].map(([, page = '']) => page)
  assert.equal(pages.toSorted(), [...PAGES.keys()].toSorted())
})

test.run()
