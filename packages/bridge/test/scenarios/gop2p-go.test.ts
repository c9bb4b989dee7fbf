// time-limit: 180 s
// A gop2p side among members in Go: what their own HTTP client makes of our answers.
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { until } from '../../../../test/support/wait.ts'
import { createGop2pSide, type Gop2pSide } from '../../src/gop2p/index.ts'
import type { Loss } from '../../src/side.ts'
import { whyNoGo } from '../support/go-build.ts'
import { buildMember, GoMember } from '../support/gop2p-go.ts'

const WAIT_MS = 60_000
const MIB = 1024 * 1024
const reason = whyNoGo()
const test = suite('gop2p and Go')
const closing: (() => Promise<void>)[] = []

test.after.each(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

if (reason !== null) {
  console.log(`skipped: a gop2p side among members in Go (${reason})`)
  test.skip('a gop2p side among members in Go', () => {})
} else {
  const { program, remove } = buildMember()
  test.after(remove)

  test('what is too large for the side reaches the members behind it, and its writer is told', async () => {
    const [writer, behind] = [await startGo(program), await startGo(program)]
    const { side, losses } = await startSide([writer])
    await until(async () => (await writer.members()).includes(side.self), WAIT_MS, 'the side as a member')
    await behind.do(`connect ${writer.name}`)
    // The side stands first in the list of the writer.
    assert.equal(await writer.members(), [side.self, behind.name])
    for (const mebibytes of [2, 8, 32]) await writer.do(`fill ${mebibytes * MIB}`)
    const sizes = [2, 8, 32].map((mebibytes) => mebibytes * MIB)
    assert.equal(writer.errors(), [])
    assert.equal(
      behind.heard().map((line) => Number(line.split(' ')[1])),
      sizes
    )
    await until(
      () => writer.heard().length === 3,
      WAIT_MS,
      () => writer.lines.join('\n')
    )
    assert.match(writer.heard()[0] ?? '', /not passed on: .* sent a message of \d+ bytes; 1500000 are taken/)
    assert.equal(losses, Array(3).fill({ reason: 'a message too large to be taken', whom: writer.name }))
  })

  test('a member in Go that dials the side by another spelling says everything once', async () => {
    const member = await startGo(program)
    const { side, texts } = await startSide([])
    await member.do(`connect localhost:${side.peer.port}`)
    await until(async () => (await member.members()).join() === side.self, WAIT_MS, 'one name')
    for (const text of ['one', 'two', 'three']) await member.do(`say ${text}`)
    assert.equal([texts, member.errors()], [['one', 'two', 'three'], []])
    assert.is(await side.say({ id: 1n, from: 'alice@floodnet', text: 'hello', to: '' }), null)
    assert.equal(member.heard(), ['heard 22 <alice@floodnet> hello'])
  })
}

test.run()

async function startGo(program: string): Promise<GoMember> {
  const member = await GoMember.start(program, '127.0.0.1')
  closing.push(() => member.kill())
  return member
}

async function startSide(entries: readonly GoMember[]): Promise<{ side: Gop2pSide; losses: Loss[]; texts: string[] }> {
  const side = await createGop2pSide({
    hub: 'floodnet',
    id: 'bridge-1',
    entries: entries.map(({ name }) => name),
    self: '127.0.0.1:0',
    limits: { probeMs: 500, auditMs: 250 },
    retryMinMs: 50
  })
  closing.push(() => side.close())
  const losses: Loss[] = []
  const texts: string[] = []
  side.losses$.subscribe((loss) => losses.push(loss))
  side.foreign$.subscribe(({ text }) => texts.push(text))
  return { side, losses, texts }
}
