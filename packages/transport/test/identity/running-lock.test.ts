// Two programs with one identity file: the second is told.
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createNetwork } from '@floodnet/transport'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { until } from '../../../../test/support/wait.ts'
import { takeLock } from '../../src/identity/file-lock.ts'
import { NETWORK_NAME } from '../support/network-name.ts'

const test = suite<{ file: string; folder: string }>('running lock')
test.before.each((context) => {
  context.folder = mkdtempSync(join(tmpdir(), 'floodnet-running-'))
  context.file = join(context.folder, 'key.pem')
})
test.after.each(({ folder }) => rmSync(folder, { recursive: true }))

/** What a node with this identity says of it once it has begun. */
async function toldAt(identity: string): Promise<{ told: string[]; close(): Promise<void> }> {
  const network = await createNetwork({ identity, listen: '127.0.0.1:0', name: NETWORK_NAME })
  const told: string[] = []
  network.on('error', ({ message }) => void told.push(message))
  const begun = new Promise<void>((resolve) => network.once('listening', () => resolve()))
  await begun
  await new Promise((resolve) => setImmediate(resolve))
  return { told, close: () => network.close() }
}

test('a node whose identity another program uses says so, and goes on', async ({ file }) => {
  const other = takeLock(`${file}.lock`, process.ppid)
  const second = await toldAt(file)
  const text = `is in use by process ${process.ppid}: two nodes with one key shut each other out`
  assert.equal(second.told, [`identity file ${file} ${text}`])
  await second.close()
  assert.ok(existsSync(`${file}.lock`), 'the lock of the other is left alone')
  if (other.kind === 'locked') other.release()
})

test('a node shows others that it runs, and its own program is told nothing', async ({ file }) => {
  const first = await toldAt(file)
  assert.equal(takeLock(`${file}.lock`), { kind: 'taken', by: process.pid, isOwn: true })
  const second = await toldAt(file)
  assert.equal([first.told, second.told], [[], []])
  await Promise.all([first.close(), second.close()])
  await until(
    () => !existsSync(`${file}.lock`),
    5_000,
    () => 'no lock'
  )
})

test.run()
