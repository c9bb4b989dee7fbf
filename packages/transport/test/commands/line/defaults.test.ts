import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { parseArguments } from '../../../src/commands/arguments.ts'
import { ALL_FLAGS, COMMAND_FLAGS, PROGRAM_FLAGS } from '../../../src/commands/flags.ts'
import { variableOf, withDefaults } from '../../../src/commands/line/defaults.ts'
import type { Flags } from '../../../src/commands/line/flag.ts'
import { inFolder } from '../../support/folder.ts'

const test = suite('flags from elsewhere')

for (const [command, flags] of Object.entries<Flags>(COMMAND_FLAGS)) {
  test(`every flag of ${command} may come from the environment`, () => {
    for (const [name, { type, multiple }] of Object.entries(flags)) {
      if (['help', 'version', 'config'].includes(name)) continue
      const text = type === 'boolean' ? 'true' : 'a,b'
      const value = type === 'boolean' ? true : multiple ? ['a', 'b'] : 'a,b'
      assert.equal(withDefaults({}, flags, ALL_FLAGS, { [variableOf(name)]: text }), { [name]: value })
    }
  })
}

test('the command line comes first, then the environment, then the file', () =>
  inFolder(async (folder) => {
    const config = join(folder, 'floodnet.conf')
    await writeFile(config, 'name = "of the file"\n--key = file.key\nidentity=file.pem\n\n# a comment\ntimeout = 5\n')
    const env = { FLOODNET_KEY: 'env.key', FLOODNET_IDENTITY: 'env.pem', FLOODNET_CONFIG: config }
    const values = withDefaults({ identity: 'given.pem' }, COMMAND_FLAGS.node, ALL_FLAGS, env)
    assert.equal(values, { name: 'of the file', key: 'env.key', identity: 'given.pem', config } as object)
  }))

test('one file serves every command and program: each passes over the flags of the others', () =>
  inFolder(async (folder) => {
    const config = join(folder, 'floodnet.conf')
    const own = Object.entries(PROGRAM_FLAGS).flatMap(([, flags]) => flags)
    const foreign = [...new Set(own)].filter((flag) => !(flag in COMMAND_FLAGS.node))
    assert.ok(foreign.includes('gob') && foreign.includes('username'))
    await writeFile(config, `${foreign.map((flag) => `${flag} = x`).join('\n')}\nname = ours\n`)
    assert.equal(withDefaults({ config }, COMMAND_FLAGS.node, ALL_FLAGS, {}), { name: 'ours', config } as object)
  }))

for (const [text, problem] of [
  ['gop2b = :1', /floodnet.conf:1: no flag is called 'gop2b'; did you mean gop2p\?/],
  ['nam = x', /floodnet.conf:1: no flag is called 'nam'; did you mean name\?/],
  ['lisen = :1', /floodnet.conf:1: no flag is called 'lisen'; did you mean listen\?/],
  ['\nlisten :1', /floodnet.conf:2: 'listen :1' is not a line like listen =/],
  ['json = maybe', /floodnet.conf:1 is true or false, not 'maybe'/],
  ['config = other', /no flag is called 'config'/]
] as const) {
  test(`a file with ${JSON.stringify(text)} is refused with its line`, () =>
    inFolder(async (folder) => {
      const config = join(folder, 'floodnet.conf')
      await writeFile(config, text)
      assert.throws(() => parseArguments(['node', '--config', config]), problem)
    }))
}

test('variables that are no flags, as container engines set them, are passed over', () => {
  const env = { FLOODNET_PORT: 'tcp://10.0.0.1:55555', FLOODNET_SERVICE_HOST: '10.0.0.1', FLOODNET_NAME: '' }
  const invocation = parseArguments(['node'], env)
  assert.is(invocation.kind === 'run' && invocation.settings.options.name, undefined)
})

test('a switch in the environment that is neither on nor off is refused by name', () => {
  assert.throws(() => parseArguments(['node'], { FLOODNET_JSON: 'si' }), /FLOODNET_JSON is true or false, not 'si'/)
})

test.run()
