import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { hintFor } from '../../src/commands/hints.ts'
import { People, type Person } from '../support/people.ts'

test('a line that only asks for help, or was meant for one person, is not said to all', () => {
  const [alice] = new People().gather('alice', 'bob') as [Person]
  for (const line of ['help', ' ? ', 'dm bob hello', 'msg @bob hello', 'add contact 1f2e3d4c bob'])
    assert.match(hintFor(alice.session, line) ?? '', /^not said: /, line)
  for (const line of ['help me', 'who knows?', 'dm me later', 'add contact lenses to the list please'])
    assert.is(hintFor(alice.session, line), null, line)
})

test.run()
