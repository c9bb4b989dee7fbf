// `floodnet sim`: its flags, its contract on standard output, and what it says to people.
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { main } from '../../src/commands/main.ts'
import { startCommand } from '../support/command.ts'
import { inFolder } from '../support/folder.ts'

const test = suite('sim')

async function run(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const [stdout, stderr, stdin] = [new PassThrough(), new PassThrough(), new PassThrough()]
  const texts = { out: '', err: '' }
  stdout.on('data', (chunk) => {
    texts.out += chunk
  })
  stderr.on('data', (chunk) => {
    texts.err += chunk
  })
  const createNetwork = () => Promise.reject(new Error('a simulation has no sockets'))
  const leave = new AbortController().signal
  const code = await main(['sim', ...args], {
    ...{ stdout, stderr, createNetwork, leave, version: '1.2.3', env: {}, openStdin: () => stdin }
  })
  return { code, ...texts }
}

test('prints the one line of its contract with --json, the same for the same seed', async () => {
  const { code, out } = await run('--nodes', '30', '--fail', '20', '--seed', '7', '--json')
  assert.is(code, 0)
  const result = JSON.parse(out)
  const fields = 'event nodes seed alive components reach degree path healSeconds copies traceHash'
  assert.equal(Object.keys(result), fields.split(' '))
  assert.equal([result.event, result.nodes, result.seed, result.alive], ['result', 30, 7, 24])
  assert.equal(Object.keys(result.degree), ['min', 'median', 'max'])
  assert.equal(Object.keys(result.path), ['mean', 'max'])
  assert.is((await run('--nodes', '30', '--fail', '20', '--seed', '7', '--json')).out, out)
})

test('lets as many join each second as --batch says', async () => {
  const growth = async (...args: string[]) => JSON.parse((await run('--nodes', '30', '--json', ...args)).out).traceHash
  assert.is(await growth(), await growth('--batch', '100'))
  assert.is.not(await growth(), await growth('--batch', '5'))
})

test('prints a table to people, and no progress where there is no terminal', async () => {
  const { out, err } = await run('--nodes', '20')
  assert.match(out, /^nodes {9}20, 20 alive\n/)
  assert.match(out, /\nreach {9}100 %\n/)
  assert.is(err, '')
})

test('tells what busy authors cost, and refuses their flags where there are none', async () => {
  const { out } = await run('--nodes', '40', '--speakers', '2', '--seconds', '3', '--fail', '20', '--json')
  const { steady, alive } = JSON.parse(out)
  assert.is(alive, 32)
  assert.equal(Object.keys(steady), 'copies p50Ms p99Ms lastHops controlShare missing'.split(' '))
  assert.is(steady.missing, 0)
  const flood = JSON.parse((await run('--nodes', '40', '--speakers', '2', '--parents', '0', '--json')).out).steady
  assert.ok(flood.copies > 3 && steady.copies < 1.5, `${flood.copies} and ${steady.copies} copies`)
  const { code, err } = await run('--parents', '0')
  assert.is(code, 2)
  assert.match(err, /--parents belongs to --speakers/)
})

test('lets nodes fail at the time that it is told, to a tenth of a second', async () => {
  const hashOf = async (...warm: string[]) =>
    JSON.parse((await run('--nodes', '20', '--speakers', '2', '--fail', '20', '--json', ...warm)).out).traceHash
  const usual = await hashOf()
  assert.is(await hashOf('--warm', '10.0'), usual)
  assert.is.not(await hashOf('--warm', '10.1'), usual)
  const { code, err } = await run('--speakers', '2', '--warm', '0.25')
  assert.is(code, 2)
  assert.match(err, /--warm takes seconds from 0 to 3600, to a tenth, not '0.25'/)
})

test('runs the chosen experiments beside the published figures', async () => {
  const { code, out } = await run('--experiments', '--only', 'entry gone', '--nodes', '40', '--seeds', '1')
  assert.is(code, 0)
  assert.match(out, /entry gone for good +back together .*never \(tutorial\) +<= 60 +holds\n/)
})

test('draws the run', () =>
  inFolder(async (folder) => {
    const file = join(folder, 'run.svg')
    assert.is((await run('--nodes', '20', '--svg', file)).code, 0)
    const picture = await readFile(file, 'utf8')
    assert.match(picture, /^<svg [\s\S]*<polyline [\s\S]*<\/svg>\n$/)
    assert.not.match(picture, /NaN/)
  }))

test('goes on with a table where it was interrupted, and reports what is there', () =>
  inFolder(async (folder) => {
    const file = join(folder, 'results.jsonl')
    const table = ['--experiments', '--only', 'entry gone, no such', '--nodes', '30', '--results', file]
    await run(...table, '--seeds', '1')
    const [first = ''] = (await readFile(file, 'utf8')).split('\n')
    assert.is(JSON.parse(first).figures['parts without it'], 1)
    // Not what the experiment gives: who finds it again has not run it again.
    const kept = first.replace('"parts without it":1', '"parts without it":null')
    await writeFile(file, `${kept}\n{"event":"outcome","experi`)
    assert.match((await run(...table, '--seeds', '1', '--report')).out, /parts without it +never parts .*FAILS\n/)
    await writeFile(file, `${kept}\n`)
    const { out } = await run(...table, '--seeds', '2', '--json')
    const [row] = out.split('\n').map((line) => line && JSON.parse(line))
    assert.equal([row.metric, row.seeds, row.min, row.max], ['parts without it', 2, 1, null])
    assert.is((await readFile(file, 'utf8')).split('\n').length, 3)
  }))

test('prints each outcome as a line of JSON with --outcomes', async () => {
  const { out } = await run('--experiments', '--only', 'entry gone', '--nodes', '30', '--seeds', '2', '--outcomes')
  const outcomes = out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  assert.equal(
    outcomes.map(({ event, seed }) => [event, seed]),
    [
      ['outcome', 1],
      ['outcome', 2]
    ]
  )
})

test('refuses a file of results that is something else', () =>
  inFolder(async (folder) => {
    const file = join(folder, 'letter.txt')
    await writeFile(file, 'dear reader\n')
    const { code, err } = await run('--experiments', '--only', 'entry gone', '--results', file)
    assert.is(code, 2)
    assert.match(err, /--results .*letter\.txt: it holds other lines than outcomes/)
    assert.is(await readFile(file, 'utf8'), 'dear reader\n')
  }))

test('runs seeds in processes of their own, with the same outcomes', async () => {
  const table = ['--experiments', '--only', 'entry gone', '--nodes', '30', '--seeds', '2']
  const elsewhere = startCommand(['sim', ...table, '--jobs', '2'])
  assert.is(await elsewhere.exit, 0, elsewhere.stderr())
  assert.is(elsewhere.stdout().toString(), (await run(...table)).out)
})

for (const args of [
  ['--nodes', '0'],
  ['--nodes', '1e3'],
  ['--batch', '0'],
  ['--fail', '100'],
  ['--seed', '-1'],
  ['--seeds', '3'],
  ['--join', 'a:1'],
  ['--experiments', '--only', 'no such thing']
]) {
  test(`refuses ${args.join(' ')}`, async () => {
    const { code, out, err } = await run(...args)
    assert.equal([code, out], [2, ''])
    assert.match(err, /^floodnet: ERR_FLOODNET_OPTION: /)
  })
}

test.run()
