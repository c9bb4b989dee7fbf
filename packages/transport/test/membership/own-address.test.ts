// What a node that listens everywhere believes of where it is, and whose word it takes for that.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { OwnAddress } from '../../src/membership/own-address.ts'
import type { LinkOpen } from '../../src/threads/messages.ts'

function hears(words: readonly [remote: string, observed: string][]): string | null {
  const own = new OwnAddress({ host: '::', port: 7 }, null)
  for (const [link, [remote, observed]] of words.entries())
    own.onWord({ link, observed: `${observed}:1`, remote } as LinkOpen)
  return own.dialable
}

test('a peer on this machine cannot say that the node is elsewhere, nor one elsewhere that it is on this machine', () => {
  const honest: [string, string][] = [1, 2, 3].map((port) => [`127.0.0.1:${port}`, '127.0.0.1'])
  assert.is(hears([...honest, ['127.0.0.1:9', '203.0.113.77']]), '127.0.0.1:7')
  assert.is(hears([['127.0.0.1:9', '203.0.113.77']]), null)
  assert.is(hears([['198.51.100.1:9', '127.0.0.1']]), null)
})

test('one network has one vote, however many links it has', () => {
  const crowd: [string, string][] = Array.from({ length: 9 }, (_, i) => [`203.0.113.${i}:1`, '203.0.113.77'])
  const honest: [string, string][] = [
    ['192.0.2.1:1', '198.51.100.5'],
    ['10.0.0.1:1', '198.51.100.5']
  ]
  assert.is(hears([...crowd, ...honest]), '198.51.100.5:7')
})

test.run()
