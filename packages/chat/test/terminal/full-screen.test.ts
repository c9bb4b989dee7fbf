import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { ESCAPE_WAIT_MS, FRAME_MS, PASTE_WAIT_MS } from '../../src/terminal/full-screen.ts'
import { spoken } from '../support/screen-events.ts'
import { linesOf, openVirtual, type VirtualScreen } from '../support/virtual-screen.ts'

const ESC = '\u001B'
const SEQUENCES = [
  ...Array.from({ length: 32 }, (_, code) => String.fromCharCode(code)),
  `${ESC}[2J`,
  `${ESC}]0;title\u0007`,
  `${ESC}]52;c;ZXZpbA==${ESC}\\`,
  `${ESC}P$q${ESC}\\`,
  `${ESC}[6n`,
  `${ESC}c`,
  '\u009B31m',
  '\u202Eevil\u202C',
  '\u2066x\u2069',
  'a\u200Db',
  '👨‍👩‍👧',
  `e${'\u0301'.repeat(10_000)}`,
  Buffer.from([0xff, 0xfe, 0xc3, 0x28, 0x80]).toString('utf8'),
  '\uD800',
  'x'.repeat(1024 * 1024),
  '漢'.repeat(500_000),
  '\n'.repeat(100_000),
  'ᄀ'.repeat(100_000)
]

function lastRow({ device }: VirtualScreen): string | undefined {
  return device.vt.lines.at(-1)
}

/** Numbers of frames painted meanwhile. */
function framesOf({ device }: VirtualScreen, meanwhile: () => void): number {
  const before = device.writes.length
  meanwhile()
  return device.writes.length - before
}

test('paints at most some 30 frames a second, whatever comes', () => {
  const virtual = openVirtual()
  const frames = framesOf(virtual, () => {
    for (let n = 0; n < 20_000; n++) {
      virtual.screen.show(spoken(`message ${n}`))
      virtual.clock.pass(0.05)
    }
  })
  assert.ok(frames >= 25 && frames <= 31, `${frames}`)
})

for (const perSecond of [200, 20_000]) {
  test(`at ${perSecond} messages a second each key is on the screen within two frames`, () => {
    const virtual = openVirtual()
    const { screen, device, clock } = virtual
    const typed = 'typing goes on, 漢字 too'
    let written = ''
    for (const sealed of typed) {
      device.type(sealed)
      written += sealed
      const frames = framesOf(virtual, () => {
        for (let n = 0; n < perSecond / 10; n++) {
          screen.show(spoken(`message ${n}`, { from: `writer${n % 7}`, fingerprint: `${n % 7}`.padStart(8, '0') }))
          clock.pass(1000 / perSecond)
          if (device.vt.lines.at(-1)?.startsWith(`bob: ${written}`.trimEnd()) === true) break
        }
      })
      assert.ok(frames <= 2, `${frames} frames for ${sealed}`)
      clock.pass(100)
      assert.is(lastRow(virtual), `bob: ${written}`.trimEnd())
    }
  })
}

test('a key after a pause is painted at once', () => {
  const virtual = openVirtual()
  virtual.device.type('a')
  virtual.clock.pass(0)
  assert.is(lastRow(virtual), 'bob: a')
})

test('a flood says how much it skipped, and leaves what was said before', () => {
  const virtual = openVirtual(80, 500)
  virtual.screen.show(spoken('before'))
  virtual.clock.pass(2000)
  for (let n = 0; n < 50_000; n++) {
    virtual.screen.show(spoken(`message ${n}`))
    virtual.clock.pass(0.05)
  }
  virtual.clock.pass(FRAME_MS)
  const lines = virtual.device.vt.lines
  assert.ok(lines.some((line) => line.endsWith('│ before')))
  assert.ok(lines.some((line) => line.includes('49700 messages skipped: they came faster than anyone')))
  assert.match(lines.at(-3) ?? '', 'message 49999')
})

test('nothing that is said gets out of its place', () => {
  for (const text of SEQUENCES) {
    const virtual = openVirtual(80, 24)
    virtual.device.type('half')
    virtual.screen.show(spoken(text, { from: text.slice(0, 100) }))
    virtual.screen.show(spoken('after'))
    virtual.clock.pass(FRAME_MS)
    const { lines, overflow } = virtual.device.vt
    assert.is(overflow, 0, JSON.stringify(text.slice(0, 20)))
    assert.is(lines.at(-1), 'bob: half')
    assert.match(lines.at(-3) ?? '', /alice │ after$/)
    assert.match(lines[0] ?? '', /^ everyone/)
  }
})

test('a resize is painted whole, from 20x5 to 300x100', () => {
  const virtual = openVirtual()
  virtual.screen.show(spoken('hello'))
  virtual.device.type('half')
  for (const [columns, rows] of [
    [20, 5],
    [300, 100],
    [1, 1],
    [80, 24]
  ] as const) {
    virtual.device.resize({ columns, rows })
    virtual.clock.pass(FRAME_MS)
    assert.is(virtual.device.vt.overflow, 0)
    if (columns > 1) assert.is(lastRow(virtual), 'bob: half')
  }
})

test('paints nothing while the terminal takes nothing, and then only what is the case by then', () => {
  const virtual = openVirtual()
  virtual.device.takesMore = false
  virtual.screen.show(spoken('one'))
  virtual.clock.pass(FRAME_MS)
  const frames = framesOf(virtual, () => {
    for (let n = 0; n < 100; n++) {
      virtual.screen.show(spoken(`more ${n}`))
      virtual.clock.pass(FRAME_MS)
    }
  })
  assert.is(frames, 0)
  virtual.device.drain()
  virtual.clock.pass(FRAME_MS)
  assert.match(virtual.device.vt.lines.at(-3) ?? '', 'more 99')
})

test('hands over the typed lines in order, those before the first read too, and ends at Ctrl-D', async () => {
  const { screen, device } = openVirtual()
  device.type('one\r')
  device.type('two\r')
  device.type(`${ESC}[200~three\rthree${ESC}[201~\r`)
  device.type('\u0004')
  assert.equal(
    (await linesOf(screen)).map(({ text }) => text),
    ['one', 'two', 'three\nthree']
  )
})

test('the end of the terminal, Ctrl-C and closing end the lines, and the terminal is given back once', async () => {
  for (const end of ['end', 'ctrl-c', 'close'] as const) {
    const { screen, device } = openVirtual()
    if (end === 'end') device.end()
    if (end === 'ctrl-c') device.type('half\u0003\u0003')
    if (end === 'close') await screen.close()
    assert.equal(await linesOf(screen), [])
    await screen.close()
    await screen.close()
    assert.is(device.closed, 1)
  }
})

test('nothing is painted after the end', async () => {
  const virtual = openVirtual()
  virtual.screen.show(spoken('x'))
  await virtual.screen.close()
  const frames = framesOf(virtual, () => {
    virtual.screen.show(spoken('y'))
    virtual.clock.pass(1000)
  })
  assert.is(frames, 0)
})

test('an Escape waits for its sequence, and is alone when none comes', () => {
  const virtual = openVirtual()
  virtual.device.type('ab')
  virtual.device.type(ESC)
  virtual.clock.pass(ESCAPE_WAIT_MS - 1)
  virtual.device.type('[D')
  virtual.device.type('x')
  virtual.clock.pass(1000)
  assert.is(lastRow(virtual), 'bob: axb')
  virtual.device.type(ESC)
  virtual.clock.pass(ESCAPE_WAIT_MS)
  virtual.device.type('[y')
  virtual.clock.pass(1000)
  assert.is(lastRow(virtual), 'bob: ax[yb')
})

test('Ctrl-L paints all rows, Ctrl-Z gives the terminal to the shell', () => {
  const virtual = openVirtual()
  virtual.device.type('\u000C')
  virtual.clock.pass(FRAME_MS)
  assert.is(virtual.device.writes.at(-1)?.split(`${ESC}[2K`).length, 24 + 1)
  virtual.device.type('\u001A')
  assert.is(virtual.device.suspended, 1)
})

test('rings and notifies when wanted, and only then', () => {
  const direct = spoken('psst', { direct: true, mention: true, conversation: '@a' })
  for (const [bell, notify, alert] of [
    [false, false, ''],
    [true, false, '\u0007'],
    [true, true, `${ESC}]9;floodchat: alice: psst\u0007\u0007`]
  ] as const) {
    const { screen, device } = openVirtual(80, 24, { bell, notify })
    const before = device.writes.length
    screen.show(direct)
    assert.is(device.writes.slice(before).join(''), alert)
  }
})

test('a paste without its end mark is over after a while, also when keys go on being pressed', async () => {
  const virtual = openVirtual()
  const { device, clock, screen } = virtual
  const lines = linesOf(screen)
  device.type(`${ESC}[200~lost mark`)
  for (let waited = 0; waited <= PASTE_WAIT_MS; waited += 100) {
    device.type('x')
    clock.pass(100)
  }
  assert.match(lastRow(virtual) ?? '', /^bob: lost markx+$/)
  device.type('\r')
  device.type('\u0003')
  assert.match((await lines)[0]?.text ?? '', /^lost markx+$/)
})

test('a paste that comes slowly stays one', () => {
  const virtual = openVirtual()
  virtual.device.type(`${ESC}[200~the first part of it\r`)
  virtual.clock.pass(PASTE_WAIT_MS - 1)
  virtual.device.type('the second part of it\r')
  virtual.clock.pass(PASTE_WAIT_MS - 1)
  virtual.device.type(`the end${ESC}[201~`)
  virtual.clock.pass(FRAME_MS)
  assert.is(lastRow(virtual), 'the end')
  assert.is(virtual.device.vt.lines.at(-3), 'bob: the first part of it')
})

test('lines that come at once wait for an Enter, and are one message', async () => {
  const { device, clock, screen } = openVirtual()
  const lines = linesOf(screen)
  device.type('one\rtwo\r')
  device.type('three\r')
  clock.pass(ESCAPE_WAIT_MS)
  device.type('\r')
  device.type('\u0003')
  assert.equal(await lines, [{ text: 'one\ntwo\nthree', conversation: '' }])
})

test.run()
