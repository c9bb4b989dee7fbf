// What a node logs: to the program's logger, and to standard error for namespaces in DEBUG.
import type { Logger } from '@floodnet/transport'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { killCommands, startCommand } from '../support/command.ts'
import { closeNodes, linked, startNode } from '../support/local-node.ts'

const test = suite('node log')

test.after.each(closeNodes)
test.after.each(killCommands)

interface Line {
  readonly level: keyof Logger
  readonly details: Readonly<Record<string, unknown>>
  readonly text: string
}

/** A logger that keeps what it is told, and throws when it is not called as a method. */
class Notebook implements Logger {
  readonly lines: Line[] = []

  debug(details: object, text: string): void {
    this.#note('debug', details, text)
  }

  info(details: object, text: string): void {
    this.#note('info', details, text)
  }

  warn(details: object, text: string): void {
    this.#note('warn', details, text)
  }

  error(details: object, text: string): void {
    this.#note('error', details, text)
  }

  #note(level: keyof Logger, details: object, text: string): void {
    this.lines.push({ level, details: { ...details }, text })
  }
}

test("the program's logger is told of neighbours that come and go, each at its level", async () => {
  const logger = new Notebook()
  const node = await startNode({ logger })
  const guest = await startNode({ join: node.address })
  await linked(node, guest)
  const stranger = await startNode({ name: 'another', join: node.address })
  await node.event('refused', { reason: 'wrong-network' })
  await stranger.network.close()
  await guest.network.close()
  await node.event('peer-down')
  await node.network.close()
  const about = (text: string): Line | undefined => logger.lines.find((line) => line.text === text)
  assert.equal(about('listening'), {
    level: 'info',
    text: 'listening',
    details: { address: node.address, id: node.network.id }
  })
  assert.equal(about('peer-up'), {
    level: 'info',
    text: 'peer-up',
    details: { id: guest.network.id, address: guest.address, direction: 'accepted' }
  })
  assert.equal(about('peer-down')?.details, { id: guest.network.id, address: guest.address, reason: 'leaving' })
  assert.is(about('refused')?.level, 'warn')
  assert.is(about('join')?.level, 'debug')
  assert.is(logger.lines.at(-1)?.text, 'close')
})

test('DEBUG=floodnet:* brings a line on standard error for what happens', async () => {
  const environment = { DEBUG: 'floodnet:*' }
  const node = startCommand(['node', '--listen', '127.0.0.1:0', '--json'], { environment })
  const { address, id } = await node.event('listening')
  const guest = startCommand(['node', '--listen', '127.0.0.1:0', '--join', String(address), '--json'], { environment })
  const { id: guestId } = await guest.event('listening')
  const line = await node.notice(/floodnet:network info peer-up/)
  assert.match(line, new RegExp(`^\\d{4}-.*Z floodnet:network info peer-up .*${guestId}`))
  await guest.notice(new RegExp(`floodnet:network info peer-up .*${id}`))
  await guest.notice(/floodnet:network debug dial .*'start'/)
  guest.child.kill('SIGINT')
  await node.notice(new RegExp(`floodnet:network info peer-down .*${guestId}.*leaving`))
})

test('without DEBUG nothing is logged', async () => {
  const node = startCommand(['node', '--listen', '127.0.0.1:0', '--json'], { environment: { DEBUG: '' } })
  await node.event('listening')
  node.child.kill('SIGINT')
  assert.is(await node.exit, 0)
  assert.not.match(node.stderr(), 'floodnet:network')
})

test.run()
