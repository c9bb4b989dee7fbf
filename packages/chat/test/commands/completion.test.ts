import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { completerOf } from '../../src/commands/completion.ts'
import { People, type Person } from '../support/people.ts'

test('completes commands, names and rooms where each can stand', () => {
  const [alice] = new People().gather('alice', 'bob', 'bobby') as [Person]
  alice.type('/join #tea')
  const complete = completerOf(alice.session)
  assert.equal(complete('/who', 4), { from: 0, candidates: ['/who', '/whois'] })
  assert.equal(complete('bo', 2), { from: 0, candidates: ['bob:', 'bobby:'] })
  assert.equal(complete('hi bo', 5), { from: 3, candidates: ['bob', 'bobby'] })
  assert.equal(complete('@BOBB', 5), { from: 0, candidates: ['@bobby'] })
  assert.equal(complete('/leave #t', 9), { from: 7, candidates: ['#tea'] })
  assert.equal(complete('x /who', 6), { from: 2, candidates: [] })
  assert.equal(complete('bo and more', 2), { from: 0, candidates: ['bob:', 'bobby:'] })
  assert.equal(complete('', 0), { from: 0, candidates: [] })
  assert.equal(complete('hi ', 3), { from: 3, candidates: [] })
})

test('completes to the one who spoke last, then to the others by name', () => {
  const [alice, albert, , me] = new People().gather('alice', 'albert', 'alan', 'me') as [Person, Person, Person, Person]
  const complete = completerOf(me.session)
  assert.equal(complete('al', 2).candidates, ['alan:', 'albert:', 'alice:'])
  alice.type('first')
  albert.type('then I')
  assert.equal(complete('al', 2).candidates, ['albert:', 'alice:', 'alan:'])
  assert.equal(complete('@al', 3).candidates, ['@albert', '@alice', '@alan'])
})

test('completes a name in the middle of words without spaces', () => {
  const [alice] = new People().gather('alice', '小明') as [Person]
  assert.equal(completerOf(alice.session)('你好小', 3), { from: 2, candidates: ['小明'] })
  assert.equal(completerOf(alice.session)('xali', 4), { from: 0, candidates: [] })
})

test.run()
