// time-limit: 240 s
// Pages of the public interface can be made, and everything that @floodnet/transport exports has words of its own.
import { spawnSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'

const typedoc = join(dirname(createRequire(import.meta.url).resolve('typedoc/package.json')), 'bin/typedoc')

test('typedoc finds no exported name without words', () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [typedoc, '--emit', 'none', '--pretty', 'false'], {
    encoding: 'utf8'
  })
  assert.is(status, 0, stderr)
  const warnings = `${stdout}${stderr}`.split('\n').filter((line) => line.includes('does not have any documentation'))
  // The fields of an event or of a group of figures are told of where these are.
  const missing = warnings.filter((line) => !line.includes('.__type.'))
  assert.equal(missing, [])
  assert.ok(warnings.length > 0, 'typedoc looks for missing words at all')
})

test.run()
