// What /invite shows: a ticket, how to type it, and a code that a phone reads, which the key is in only when asked for.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { inviteLines, joinAddress } from '../../src/network/invite.ts'
import { qrRows } from '../../src/network/qr.ts'
import { listeningText } from '../../src/screens/screen-line.ts'
import { FakeHub, FakeNetwork } from '../support/fake-network.ts'

const TICKET = 'FLOODNET:CAAAIO3KE66M5NVEFVRKHKGQFJXQ243FGIKXOHPCIOTDVQCIUGFVTWRJYCUACB6ZAP3TJMA'

/** The three squares of a QR code, of which a phone knows where it is: seven modules, at three corners. */
function hasFinders(rows: readonly string[]): boolean {
  const dark = (row: number, column: number) => {
    const letter = rows[row >> 1]?.[column] ?? ''
    return letter === ' ' || letter === (row % 2 === 0 ? '▄' : '▀')
  }
  const size = rows[0]?.length ?? 0
  const isFinder = (top: number, left: number) =>
    [...'1111111'].every((_, i) => dark(top, left + i) && dark(top + 6, left + i) && dark(top + i, left)) &&
    !dark(top + 1, left + 1) &&
    dark(top + 3, left + 3)
  return isFinder(2, 2) && isFinder(2, size - 9) && isFinder(size - 9, 2) && !isFinder(size - 9, size - 9)
}

test('a ticket is a code that fits a terminal of 80 columns and 24 rows, with a quiet edge', () => {
  const rows = qrRows(TICKET) ?? []
  assert.ok(rows.length > 10 && rows.length <= 21, `${rows.length} rows`)
  assert.ok(rows.every((row) => row.length === rows[0]?.length && row.length <= 80))
  assert.match(rows[0] ?? '', /^█+$/)
  // The last row is half a one.
  assert.ok(rows.slice(0, -1).every((row) => row.startsWith('██') && row.endsWith('██')))
  assert.ok(hasFinders(rows))
  assert.is(qrRows('x'.repeat(301)), null)
})

test('an invitation shows the ticket and the line to type; the key is in it only when asked for, and then said to be', () => {
  const network = new FakeNetwork(new FakeHub(), 'ab'.repeat(32), '127.0.0.1:5000')
  const lines = inviteLines(network, false, false)
  assert.ok(lines.includes('floodnet:ticket') && lines.some((line) => line.includes('floodchat floodnet:ticket')))
  assert.not.ok(lines.some((line) => line.includes('key')))
  assert.ok(inviteLines(network, true, false).some((line) => line.includes('key file')))
  assert.ok(inviteLines(network, true, true).some((line) => line.includes('whoever sees it can join')))
  assert.equal(inviteLines(network, false, true).length, 1)
})

test('the first line says who can join and how', () => {
  assert.is(joinAddress({ address: null }), null)
  assert.is(joinAddress({ address: '127.0.0.1:5000' }), '127.0.0.1:5000')
  const told = listeningText({ kind: 'listening', address: '[::]:55555', id: '', join: '10.0.0.7:55555' })
  assert.match(told, 'others join you at 10.0.0.7:55555')
  assert.match(listeningText({ kind: 'listening', address: null, id: '', join: null }), 'nobody can join')
})

test.run()
