// Streams of snapshots over real sockets: a page that does not read costs nothing, and gets the newest when it reads.
import { once } from 'node:events'
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { until } from '../../../../test/support/wait.ts'
import { OpenPages } from '../../src/dashboard/open-pages.ts'

const WAIT_MS = 60_000
const POLL_MS = 1
/** More than the sockets of one machine hold between them. */
const MANY = 100
const LONG = 'x'.repeat(200_000)

test('a page that does not read is skipped to the newest, and keeps no other waiting', async () => {
  const calls: string[] = []
  const pages = new OpenPages({ onFirst: () => calls.push('first'), onLast: () => calls.push('last') })
  const responses: ServerResponse[] = []
  const server = createServer((_, response) => {
    responses.push(response)
    pages.add(response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  try {
    const [slow, quick] = [await open(port), await open(port)]
    const heard = numbersIn(quick)
    for (let number = 1; number <= MANY; number++) {
      pages.send(`${number} ${LONG}`)
      await until(() => heard.includes(number), WAIT_MS, `snapshot ${number} at the page that reads`, POLL_MS)
    }
    const waiting = responses[0]?.writableLength ?? 0
    assert.ok(waiting > 0 && waiting < 4 * LONG.length, `${waiting} bytes wait for the page that does not read`)
    const late = numbersIn(slow)
    await until(() => late.includes(MANY), WAIT_MS, 'the newest snapshot at the page that reads again')
    assert.ok(late.length < MANY, 'it was skipped')
    assert.equal(
      late,
      late.toSorted((a, b) => a - b)
    )
    assert.equal(calls, ['first'])
    for (const page of [slow, quick]) page.destroy()
    await until(() => pages.size === 0, WAIT_MS, 'both pages are gone')
    assert.equal(calls, ['first', 'last'])
  } finally {
    server.closeAllConnections()
    server.close()
  }
})

/** Nothing is read before `numbersIn`. */
async function open(port: number): Promise<IncomingMessage> {
  const asked = request({ host: '127.0.0.1', port, agent: false })
  asked.on('error', () => {})
  asked.end()
  const [response] = (await once(asked, 'response')) as [IncomingMessage]
  response.on('error', () => {})
  return response
}

function numbersIn(response: IncomingMessage): number[] {
  const numbers: number[] = []
  let rest = ''
  response.on('data', (chunk) => {
    const events = (rest + chunk).split('\n\n')
    rest = events.pop() ?? ''
    for (const event of events) if (event.startsWith('data: ')) numbers.push(Number.parseInt(event.slice(6), 10))
  })
  return numbers
}

test.run()
