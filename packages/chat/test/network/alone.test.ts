// What a chat does, and says, while nobody is linked to it.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { ALONE_MS, Alone } from '../../src/network/alone.ts'
import { NEXT_PORTS, tryDefaultEntry } from '../../src/network/next-ports.ts'
import { FakeHub, type FakeNetwork } from '../support/fake-network.ts'

const failed = (address: string, reason: string) => ({ phase: 'failed', address, attempt: 1, reason }) as const

function node(address = '127.0.0.1:55557'): FakeNetwork {
  return new FakeHub().node('ab', address)
}

test('says once why nobody is linked, after a while', () => {
  const network = node()
  const alone = new Alone(network)
  assert.is(alone.check(0), null)
  network.happen('dial', failed('127.0.0.1:55555', 'wrong-network'))
  network.happen('dial', failed('10.0.0.7:1', 'connection-refused'))
  assert.is(alone.check(ALONE_MS - 1), null)
  assert.is(
    alone.check(ALONE_MS),
    'you are alone so far (127.0.0.1:55555: a node of another network (--name); 10.0.0.7:1: nobody listens there); ' +
      'trying on, others may join you'
  )
  assert.is(alone.check(10 * ALONE_MS), null)
})

test('says it again when all have gone, and nothing while somebody is there', () => {
  const network = node()
  const alone = new Alone(network)
  network.addPeer('cd'.repeat(32))
  assert.is(alone.check(0), null)
  assert.is(alone.check(ALONE_MS), null)
  network.peers.pop()
  assert.is(alone.check(ALONE_MS), null)
  assert.match(alone.check(2 * ALONE_MS) ?? '', 'alone so far: no address was tried')
})

test('where somebody else has the default port, the ports after it are tried, but not our own', () => {
  const network = node()
  tryDefaultEntry(network, (address) => network.connect(address))
  assert.equal(network.connected, ['127.0.0.1:55555'])
  network.happen('dial', failed('10.0.0.7:1', 'wrong-network'))
  network.happen('dial', failed('127.0.0.1:55555', 'connection-refused'))
  assert.is(network.connected.length, 1)
  for (let n = 0; n < 3; n++) network.happen('dial', failed('127.0.0.1:55555', 'wrong-network'))
  assert.equal(network.connected.slice(1, 3), ['127.0.0.1:55556', '127.0.0.1:55558'])
  assert.is(network.connected.length, NEXT_PORTS)
})

test.run()
