// Whom dialling back makes a node dial: nobody but who asks, and not often.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { DialBack, type Links } from '../../src/finding/dial-back.ts'
import type { Counts } from '../../src/threads/counters.ts'
import type { Endpoint, LinkOpen, ToWorker, WorkerControl } from '../../src/threads/messages.ts'
import type { WorkerPool } from '../../src/threads/worker-pool.ts'

interface Scene {
  readonly dialBack: DialBack
  readonly dialled: { endpoint: Endpoint; expect: string }[]
  readonly posted: ToWorker[]
  readonly counts: Counts
}

/** `answers`: whether a dial finds the right key. */
function newScene(opens: readonly LinkOpen[], answers = true): Scene {
  const [dialled, posted, counts]: [Scene['dialled'], ToWorker[], Counts] = [[], [], {}]
  const control = {
    answersAt(endpoint: Endpoint, expect: string) {
      dialled.push({ endpoint, expect })
      return Promise.resolve(answers)
    }
  } as unknown as WorkerControl
  const pool = {
    call: (_: number, use: (control: WorkerControl) => Promise<unknown>) => use(control),
    post: (_: number, message: ToWorker) => posted.push(message)
  } as unknown as WorkerPool
  const links: Links = {
    activeLinks: () => opens,
    isActive: (link) => opens.some((open) => open.link === link),
    openOf: (link) => opens.find((open) => open.link === link) ?? null,
    workerOf: () => 0
  }
  return { dialBack: new DialBack(pool, links, counts), dialled, posted, counts }
}

function open(link: number, remote: string, observed: string | null = '203.0.113.5:41000'): LinkOpen {
  const peer = String(link).repeat(64).slice(0, 64)
  return { kind: 'link-open', link, peer, incarnation: 1, dial: null, address: null, remote, degree: 1, observed }
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

test('dials the host at the other end of the link and expects its key', async () => {
  const { dialBack, dialled, posted } = newScene([open(1, '203.0.113.9:1000')])
  dialBack.onQuestion({ kind: 'dial-back', link: 1, question: 7, port: 55_555 })
  await turn()
  assert.equal(dialled, [{ endpoint: { host: '203.0.113.9', port: 55_555 }, expect: '1'.repeat(64) }])
  assert.equal(posted, [{ kind: 'dial-back-reply', link: 1, question: 7, outcome: 'reached' }])
})

test('says so when another key, or nobody, answers there', async () => {
  const { dialBack, posted } = newScene([open(1, '203.0.113.9:1000')], false)
  dialBack.onQuestion({ kind: 'dial-back', link: 1, question: 1, port: 1 })
  await turn()
  assert.is((posted[0] as { outcome: string }).outcome, 'not-reached')
})

test('dials a neighbour once in a while, and all together only a few times at once', async () => {
  const opens = Array.from({ length: 9 }, (_, i) => open(i + 1, `203.0.113.${i + 1}:1000`))
  const { dialBack, dialled, counts } = newScene(opens)
  for (let times = 0; times < 3; times++) dialBack.onQuestion({ kind: 'dial-back', link: 1, question: times, port: 5 })
  assert.is(dialled.length, 1)
  for (const { link } of opens) dialBack.onQuestion({ kind: 'dial-back', link, question: 0, port: 5 })
  assert.is(dialled.length, 4)
  await turn()
  assert.equal(counts, { 'dial-back-busy': 8, 'dial-back-reached': 4 })
})

test('dials nobody who is no neighbour, or on its own machine or link', async () => {
  const near = [open(1, '127.0.0.1:1000'), open(2, '[fe80::1%eth0]:1000'), open(3, '[::1]:1000')]
  const { dialBack, dialled, posted } = newScene(near)
  for (const link of [1, 2, 3, 4]) dialBack.onQuestion({ kind: 'dial-back', link, question: 1, port: 5 })
  await turn()
  assert.equal(dialled, [])
  assert.is(posted.length, 4)
})

test('asks neighbours elsewhere only, three at most, and believes the link that it asked', async () => {
  const far = [1, 2, 3, 4].map((link) => open(link, `203.0.113.${link}:1000`))
  const near = [open(5, '127.0.0.1:1000'), open(6, '203.0.113.6:1', '127.0.0.1:1'), open(7, '203.0.113.7:1', null)]
  near.push(open(8, '[2001:db8::8]:1', '[2001:db8::5]:1'))
  assert.equal(await newScene(near).dialBack.ask(55_555), { kind: 'nobody-to-ask' })
  const { dialBack, posted } = newScene([...far, ...near])
  const asking = dialBack.ask(55_555)
  for (let asked = 1; asked <= 3; asked++) {
    const { link, question } = posted[asked - 1] as { link: number; question: number }
    assert.ok(link <= 4)
    const other = { kind: 'dial-back-reply', link: 9, question, outcome: 'reached' } as const
    dialBack.onReply(other)
    dialBack.onReply({ ...other, link, outcome: asked === 3 ? 'reached' : 'not-reached' })
    await turn()
  }
  assert.equal(await asking, { kind: 'reached', address: '203.0.113.5:55555' })
  assert.is(posted.length, 3)
})

test('says so when there is nobody to ask, nobody reached us, or nobody tried', async () => {
  assert.equal(await newScene([open(1, '127.0.0.1:1')]).dialBack.ask(1), { kind: 'nobody-to-ask' })
  for (const [outcome, kind] of [
    ['not-reached', 'not-reached'],
    ['busy', 'nobody-answers']
  ] as const) {
    const { dialBack, posted } = newScene([open(1, '203.0.113.9:1')])
    const asking = dialBack.ask(1)
    dialBack.onReply({
      kind: 'dial-back-reply',
      link: 1,
      question: (posted[0] as { question: number }).question,
      outcome
    })
    assert.equal(await asking, { kind })
  }
})

test('a node that closes waits for no answer', async () => {
  const { dialBack } = newScene([open(1, '203.0.113.9:1'), open(2, '203.0.113.8:1')])
  const asking = dialBack.ask(1)
  dialBack.close()
  assert.equal(await asking, { kind: 'nobody-answers' })
})

test.run()
