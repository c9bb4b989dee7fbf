import { FloodnetError } from '@floodnet/core'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { parseCommandLine } from '../../../src/commands/line/parse.ts'
import { nearest } from '../../../src/commands/line/suggest.ts'

const test = suite('command line')
const OPTIONS = {
  listen: { type: 'string' },
  join: { type: 'string', multiple: true },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h' }
} as const
const TEXT = { name: 'TEXT', max: 1 }

function refusal(...args: string[]): string {
  try {
    parseCommandLine(args, OPTIONS, TEXT)
  } catch (error) {
    assert.instance(error, FloodnetError)
    assert.is((error as FloodnetError).code, 'ERR_FLOODNET_OPTION')
    return (error as FloodnetError).message
  }
  assert.unreachable(`taken: ${args.join(' ')}`)
  return ''
}

test('options, words and what stands behind -- are told apart', () => {
  const { values, positionals } = parseCommandLine(['--join', 'a:1', '--join=b:2', '--', '--json'], OPTIONS, TEXT)
  assert.equal([values.join, values.json, values.listen, positionals], [['a:1', 'b:2'], false, undefined, ['--json']])
})

test('an unknown option comes with the one that was probably meant', () => {
  assert.is(refusal('--lsiten', ':1'), "Unknown option '--lsiten'; did you mean --listen?")
  assert.is(refusal('--lis=:1'), "Unknown option '--lis'; did you mean --listen?")
  assert.is(refusal('--colour'), "Unknown option '--colour'")
})

test('a value that begins with a dash is refused with the way to write it', () => {
  assert.is(refusal('--listen', '-x'), "--listen needs a value; if that is '-x', write --listen=-x")
  assert.is(
    refusal('--listen', '-5 degrees'),
    "--listen needs a value; if that is '-5 degrees', write '--listen=-5 degrees'"
  )
  assert.is(parseCommandLine(['--listen=-5 degrees'], OPTIONS).values.listen, '-5 degrees')
})

test('a word that begins with a dash is refused with the way to write it', () => {
  assert.is(refusal('-5'), "Unknown option '-5'; a TEXT that begins with a dash goes behind --")
})

test('a missing value, a value too many and a word too many are named', () => {
  assert.is(refusal('--listen'), '--listen needs a value')
  assert.is(refusal('--json=yes'), '--json takes no value')
  assert.is(refusal('a', 'b'), 'one TEXT at most, not 2: a b; quotes keep words together')
})

test('whoever asks for help gets it, whatever else there is', () => {
  assert.is(parseCommandLine(['a', 'b', '-h'], OPTIONS, TEXT).values.help, true)
})

test('nothing is suggested that is not near, and a start is enough where only one word has it', () => {
  const words = ['node', 'pub', 'sub', 'sim']
  assert.equal(
    ['nod', 'pbu', 'no', 's', 'sbu', 'Node', 'xyz', ''].map((word) => nearest(word, words)),
    ['node', 'pub', 'node', null, 'sub', 'node', null, null]
  )
})

test.run()
