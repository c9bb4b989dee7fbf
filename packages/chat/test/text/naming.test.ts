import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { isNamedIn } from '../../src/text/naming.ts'

test('knows when somebody is named, and not when another word has the name in it', () => {
  for (const text of ['bob?', 'hi Bob', '@bob: x', 'x (bob)', 'bobby and bob']) assert.ok(isNamedIn('bob', text), text)
  for (const text of ['bobby', 'thingbob', 'hi', 'bob_1', '@bobby']) assert.not.ok(isNamedIn('bob', text), text)
  assert.ok(isNamedIn('a.b+c', 'is a.b+c here'))
  assert.not.ok(isNamedIn('a.b', 'axb'))
})

test('a name is found among words that have no spaces between them', () => {
  for (const [name, text] of [
    ['bob', '你好bob在吗'],
    ['小明', '你好小明在吗'],
    ['太郎', '今日は太郎さんと'],
    ['さくら', '明日さくらも来る'],
    ['サクラ', 'こんにちはサクラーです'],
    ['สมชาย', 'สวัสดีสมชายครับ'],
    ['ຄຳ', 'ສະບາຍດີຄຳ'],
    ['bob', 'สวัสดีbobครับ']
  ] as const)
    assert.ok(isNamedIn(name, text), text)
  assert.not.ok(isNamedIn('สม', 'สมี'), 'a vowel sign makes it another letter')
})

test('a name of one sign is a word of its own or follows an @, since it is part of many others', () => {
  assert.not.ok(isNamedIn('明', '明天见'))
  assert.ok(isNamedIn('明', '你好，明！'))
  assert.ok(isNamedIn('明', '你好@明在吗'))
})

test('a Korean name takes endings, and is not found inside a longer word before it', () => {
  assert.ok(isNamedIn('철수', '철수야 안녕'))
  assert.ok(isNamedIn('bob', 'bob은 어디'))
  assert.not.ok(isNamedIn('철수', '김철수 안녕'))
})

test('finds a name however its letters are put together', () => {
  assert.ok(isNamedIn('Zo\u00EB', 'hi zoe\u0308!'))
})

test.run()
