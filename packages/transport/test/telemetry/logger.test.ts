import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Logger } from '../../src/api.ts'
import { debugLogger, teeLogger } from '../../src/telemetry/logger.ts'

const test = suite('logger')

/** The log methods of pino 9, as its declarations have them. */
interface PinoLogFn {
  // biome-ignore lint/suspicious/noExplicitAny: pino's own declaration
  <T, Msg extends string = string>(obj: T, msg?: T extends string ? never : Msg, ...args: any[]): void
  // biome-ignore lint/suspicious/noExplicitAny: pino's own declaration
  <_, Msg extends string = string>(msg: Msg, ...args: any[]): void
}

interface Pino {
  level: string
  debug: PinoLogFn
  info: PinoLogFn
  warn: PinoLogFn
  error: PinoLogFn
  fatal: PinoLogFn
}

/** What the logger of `floodnet:link` writes under this DEBUG. */
function written(env: string, act: (logger: Logger) => void = (logger) => logger.debug({}, 'up')): string[] {
  const lines: string[] = []
  act(debugLogger('floodnet:link', env, (line) => lines.push(line)))
  return lines
}

for (const env of [
  'floodnet:link',
  'floodnet:*',
  '*',
  'other, floodnet:*',
  'http floodnet:link',
  '*:link',
  '*,-floodnet:join'
]) {
  test(`writes under DEBUG=${env}`, () => {
    assert.is(written(env).length, 1)
  })
}

for (const env of [
  '',
  'floodnet',
  'floodnet:join',
  'floodnet:li',
  'flo.*',
  'floodnet:*,-floodnet:link',
  '-floodnet:l*,*',
  '('
]) {
  test(`is silent under DEBUG=${env}`, () => {
    assert.is(written(env).length, 0)
  })
}

test('a line holds time, namespace, level, text and details', () => {
  const [line = ''] = written('*', (logger) => logger.warn({ address: '10.0.0.7:55555', attempt: 3 }, 'dial failed'))
  assert.match(
    line,
    /^\d{4}-\d\d-\d\dT[\d:.]+Z floodnet:link warn dial failed \{ address: '10\.0\.0\.7:55555', attempt: 3 \}\n$/
  )
})

test('every level is written', () => {
  const lines = written('*', (logger) => {
    for (const level of ['debug', 'info', 'warn', 'error'] as const) logger[level]({}, 'text')
  })
  assert.equal(
    lines.map((line) => line.split(' ').slice(2).join(' ')),
    ['debug text\n', 'info text\n', 'warn text\n', 'error text\n']
  )
})

test('details cannot begin a line of their own nor steer the terminal', () => {
  const error = Object.assign(new Error('reset'), { code: 'ECONNRESET' })
  const [line = ''] = written('*', (logger) => logger.error({ error, reason: 'a\nb\u001b[2J' }, 'link down'))
  assert.match(line, "error: 'ECONNRESET: reset'")
  assert.is(line.indexOf('\n'), line.length - 1)
  assert.not.match(line, '\u001b')
})

test('details that hold themselves are written', () => {
  const details: { self?: object } = {}
  details.self = details
  const [line = ''] = written('*', (logger) => logger.info(details, 'loop'))
  assert.match(line, 'Circular')
})

test('a tee hands everything to all its loggers, with their `this`', () => {
  const seen: string[] = []
  class Kept {
    readonly name: string
    constructor(name: string) {
      this.name = name
    }
    keep = (level: string) => (details: object, text: string) =>
      void seen.push(`${this.name} ${level} ${text} ${JSON.stringify(details)}`)
    debug = this.keep('debug')
    info = this.keep('info')
    warn = this.keep('warn')
    error(details: object, text: string): void {
      this.keep('error')(details, text)
    }
  }
  const tee = teeLogger(new Kept('a'), new Kept('b'))
  tee.error({ n: 1 }, 'bad')
  tee.info({}, 'good')
  assert.equal(seen, ['a error bad {"n":1}', 'b error bad {"n":1}', 'a info good {}', 'b info good {}'])
})

test('a pino instance is a logger as it is', () => {
  const lines: unknown[] = []
  const log: PinoLogFn = (...parts: unknown[]) => void lines.push(parts)
  const pino: Pino = { level: 'debug', debug: log, info: log, warn: log, error: log, fatal: log }
  const logger: Logger = pino
  logger.warn({ peer: 'p' }, 'lagging')
  assert.equal(lines, [[{ peer: 'p' }, 'lagging']])
})

test.run()
