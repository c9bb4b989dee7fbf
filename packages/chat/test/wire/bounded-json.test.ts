import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { check } from '../../../../test/support/property.ts'
import { MAX_JSON_DEPTH, MAX_JSON_MARKS, parseBounded } from '../../src/wire/bounded-json.ts'

const bytes = (text: string) => new TextEncoder().encode(text)

test('reads what JSON.parse reads, also where strings are full of brackets and quotes', () => {
  const value = fc.jsonValue({ maxDepth: 4 })
  check(value, (wanted) =>
    assert.equal(parseBounded(bytes(JSON.stringify(wanted))), JSON.parse(JSON.stringify(wanted)))
  )
  const text = '[[[{"\\" \\\\'.repeat(10_000)
  assert.equal(parseBounded(bytes(JSON.stringify({ Text: text }))), { Text: text })
})

test('refuses what is nested deeper than any message', () => {
  const nested = (depth: number) => bytes(`${'['.repeat(depth)}${']'.repeat(depth)}`)
  assert.ok(Array.isArray(parseBounded(nested(MAX_JSON_DEPTH))))
  assert.is(parseBounded(nested(MAX_JSON_DEPTH + 1)), undefined)
})

test('refuses what is of more parts than any message, however flat', () => {
  const list = (count: number) => bytes(`[${'0,'.repeat(count - 1)}0]`)
  assert.is((parseBounded(list(MAX_JSON_MARKS - 1)) as unknown[]).length, MAX_JSON_MARKS - 1)
  assert.is(parseBounded(list(MAX_JSON_MARKS)), undefined)
  assert.is(parseBounded(bytes(`[${'[],'.repeat(MAX_JSON_MARKS)}[]]`)), undefined)
  assert.is(parseBounded(bytes(`{${'"a":{},'.repeat(MAX_JSON_MARKS)}"a":0}`)), undefined)
})

test('never parses what it refuses', () => {
  const { parse } = JSON
  let parsed = 0
  JSON.parse = ((text: string) => {
    parsed++
    return parse(text)
  }) as typeof JSON.parse
  try {
    parseBounded(bytes(`${'['.repeat(1_000_000)}${']'.repeat(1_000_000)}`))
    parseBounded(bytes(`[${'""'.repeat(5)}${',""'.repeat(MAX_JSON_MARKS + 1)}]`))
  } finally {
    JSON.parse = parse
  }
  assert.is(parsed, 0)
})

test('anything else is undefined', () => {
  for (const text of ['', '{', '"', '"\\', ']', 'nothing', '{"a":1}}']) assert.is(parseBounded(bytes(text)), undefined)
})

test.run()
