// What a node remembers of its peers over a restart, and that a spoilt file is no more than forgotten.
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { PeerMemory } from '../../src/membership/peer-memory.ts'
import { inFolder } from '../support/folder.ts'
import { closeNodes, linked, startNode } from '../support/local-node.ts'

const test = suite('peer memory')
test.after.each(closeNodes)

const peer = { peer: 'a'.repeat(64), address: '10.0.0.7:55555' }

test('a node comes back to its peers though nobody names an entry any more', () =>
  inFolder(async (folder) => {
    const identity = join(folder, 'node.pem')
    const entry = await startNode()
    const node = await startNode({ join: entry.address, identity })
    await linked(entry, node)
    await node.network.close()
    const again = await startNode({ identity })
    await linked(entry, again)
  }))

test('keeps what it is given, at most once a minute, and nothing when there is nothing', () =>
  inFolder(async (folder) => {
    const file = join(folder, 'node.pem')
    const memory = await PeerMemory.load(file, 0)
    assert.equal(memory.remembered, [])
    memory.keep(() => {
      throw new Error('too early')
    }, 59_999)
    memory.keep(() => [peer], 60_000)
    await memory.save([peer])
    await memory.save([])
    assert.equal((await PeerMemory.load(file, 0)).remembered, [peer])
  }))

test('ignores a file that is spoilt, and of a good one what cannot be dialled', () =>
  inFolder(async (folder) => {
    const file = join(folder, 'node.pem')
    for (const text of ['', '{', 'null', '7', '{"peer":1}', '[[]]', `[${JSON.stringify({ ...peer, peer: 'A' })}]`]) {
      await writeFile(`${file}.peers`, text)
      assert.equal((await PeerMemory.load(file, 0)).remembered, [])
    }
    await writeFile(`${file}.peers`, JSON.stringify([{ ...peer, address: '[::]:0' }, null, peer]))
    assert.equal((await PeerMemory.load(file, 0)).remembered, [peer])
    assert.ok((await readFile(`${file}.peers`, 'utf8')).length > 0)
  }))

test.run()
