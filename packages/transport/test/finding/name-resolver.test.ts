// Names to addresses: what is asked, what is done when nobody answers, and that every question can be given up.
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { addressesOf } from '../../src/finding/hosts-file.ts'
import { LookupError, NameResolver } from '../../src/finding/name-resolver.ts'
import { type FakeDns, startDns } from '../support/fake-dns.ts'
import { inFolder } from '../support/folder.ts'

const test = suite('names')
let dns: FakeDns

test.before.each(async () => {
  dns = await startDns()
})
test.after.each(() => dns.close())

async function failure(looking: Promise<unknown>): Promise<string> {
  return looking.then(
    (found) => `found ${found}`,
    (error: unknown) => (error instanceof LookupError ? error.reason : String(error))
  )
}

test('brings the addresses of both families, in turn, and each time in another order', async () => {
  const many = ['10.0.0.1', '10.0.0.2', '10.0.0.3', '10.0.0.4']
  dns.table.set('seed.example', [...many.map((a) => ({ a })), { aaaa: '::1' }])
  const resolver = new NameResolver('/none')
  const orders = new Set<string>()
  for (let i = 0; i < 20; i++) {
    const found = await resolver.lookUp('seed.example')
    assert.equal([...found].sort(), [...many, '::1'].sort())
    assert.is(found[0], '::1')
    orders.add(found.join())
  }
  assert.ok(orders.size > 1)
})

test('a name that changes its address leads to the new one at once', async () => {
  const resolver = new NameResolver('/none')
  for (const a of ['10.0.0.1', '10.0.0.2']) {
    dns.table.set('moving.example', [{ a }])
    assert.equal(await resolver.lookUp('moving.example'), [a])
  }
})

test('one family without an answer does not keep back the other', async () => {
  dns.table.set('half.example', [{ a: '10.0.0.1' }])
  dns.silent.add('half.example AAAA')
  assert.equal(await new NameResolver('/none').lookUp('half.example'), ['10.0.0.1'])
})

test('tells a name that does not exist from servers that do not answer', async () => {
  const resolver = new NameResolver('/none')
  assert.is(await failure(resolver.lookUp('none.example')), 'name-not-found')
  dns.silent.add('silent.example')
  assert.is(await failure(resolver.lookUp('silent.example')), 'name-server-silent')
})

test('a name that nobody answers for does not hold up a good one, and is given up at close', async () => {
  dns.silent.add('dead.example')
  dns.table.set('good.example', [{ a: '10.0.0.1' }])
  const resolver = new NameResolver('/none')
  const dead = Array.from({ length: 20 }, () => failure(resolver.lookUp('dead.example')))
  assert.equal(await resolver.lookUp('good.example'), ['10.0.0.1'])
  resolver.close()
  assert.equal([...new Set(await Promise.all(dead))], ['lookup-cancelled'])
  assert.is(await failure(resolver.lookUp('good.example')), 'lookup-cancelled')
})

test('takes addresses as they are and names of the hosts file from there, and asks nobody', async () => {
  await inFolder(async (folder) => {
    const hosts = join(folder, 'hosts')
    await writeFile(hosts, '127.0.0.1 localhost\n10.0.0.1\tBox box.lan # mine\n#10.0.0.9 box\n::7 box\nnonsense box\n')
    const resolver = new NameResolver(hosts)
    assert.equal(await resolver.lookUp('box'), ['10.0.0.1', '::7'])
    assert.equal(await resolver.lookUp('192.0.2.1'), ['192.0.2.1'])
    assert.equal(await new NameResolver('/none').lookUp('localhost'), ['127.0.0.1', '::1'])
    assert.equal(dns.asked, [])
  })
})

test('reads names in the hosts file in any case and with a dot at the end', () => {
  assert.equal(addressesOf('BOX.lan.', '10.0.0.1 box.LAN\n10.0.0.1 box.lan\n10.0.0.2 box.lan.org'), ['10.0.0.1'])
})

test.run()
