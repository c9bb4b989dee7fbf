// Who may look at a dashboard.
import type { IncomingMessage } from 'node:http'
import type { FloodnetError } from '@floodnet/core'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { Access, checkAccess, isForeign } from '../../src/dashboard/access.ts'

const TOKEN = 'Zm9vYmFyYmF6/cXV4+=='

function asking(url: string, headers: Record<string, string> = {}): IncomingMessage {
  return { url, headers } as unknown as IncomingMessage
}

function refusal(address: string, token: string | null): string {
  try {
    checkAccess('--dashboard', address, token)
  } catch (error) {
    return (error as FloodnetError).code
  }
  return ''
}

test('an address that others can reach needs a token, and one of this machine does not', () => {
  for (const address of ['127.0.0.1:9465', '[::1]:9465', 'localhost:0']) assert.is(refusal(address, null), '')
  for (const address of [':9465', '0.0.0.0:9465', '[::]:9465', '10.0.0.7:9465', 'node.example:9465']) {
    assert.is(refusal(address, null), 'ERR_FLOODNET_INSECURE', address)
    assert.is(refusal(address, TOKEN), '', address)
  }
  assert.is(refusal('nowhere', TOKEN), 'ERR_FLOODNET_ADDRESS')
})

test('a token that could be guessed, or that no header can carry, is refused', () => {
  for (const token of ['', 'short', 'a blank in the middle', 'a\nline feed in it', `${'é'.repeat(20)}`])
    assert.is(refusal('127.0.0.1:9465', token), 'ERR_FLOODNET_OPTION', token)
})

test('without a token everyone may look', () => {
  assert.is(new Access(null, 1).judge(asking('/')), 'granted')
})

test('the token is shown by a header, or once in the address; then a cookie stands for it, which is not the token', () => {
  const access = new Access(TOKEN, 9465)
  assert.is(access.judge(asking('/', { authorization: `Bearer ${TOKEN}` })), 'granted')
  for (const query of [`token=${TOKEN}`, `token=${encodeURIComponent(TOKEN)}`, `a=b&token=${TOKEN}&c`])
    assert.is(access.judge(asking(`/?${query}`)), 'welcome', query)
  assert.match(access.setCookie, /^floodnet-dashboard-9465=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax$/)
  assert.not.match(access.setCookie, TOKEN)
  const cookie = access.setCookie.split(';')[0] ?? ''
  assert.is(access.judge(asking('/events', { cookie: `other=1; ${cookie}` })), 'granted')
  // A node that was started anew with the same token knows its browsers again.
  assert.is(new Access(TOKEN, 9465).judge(asking('/', { cookie })), 'granted')
})

test('nothing else is let in', () => {
  const access = new Access(TOKEN, 9465)
  const cookie = access.setCookie.split(';')[0] ?? ''
  const guesses: [string, Record<string, string>][] = [
    ['/', {}],
    ['/?token=', {}],
    ['/?token=%', {}],
    [`/?token=${TOKEN}x`, {}],
    [`/?xtoken=${TOKEN}`, {}],
    [`/#token=${TOKEN}`, {}],
    ['/', { authorization: `Basic ${TOKEN}` }],
    ['/', { authorization: `Bearer ${TOKEN.slice(1)}` }],
    ['/', { cookie: `floodnet-dashboard-9465=${TOKEN}` }],
    ['/', { cookie: cookie.replace('9465', '9466') }],
    ['/', { cookie: new Access(`${TOKEN}=`, 9465).setCookie.split(';')[0] ?? '' }],
    // A wrong header is not made good by what follows.
    ['/', { authorization: 'Bearer wrong', cookie }]
  ]
  for (const [url, headers] of guesses)
    assert.is(access.judge(asking(url, headers)), 'denied', `${url} ${JSON.stringify(headers)}`)
})

test('pages of other sites may lead here, and ask for nothing', () => {
  const visit = { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' }
  assert.not(isForeign(asking('/')))
  for (const site of ['same-origin', 'none']) assert.not(isForeign(asking('/events', { 'sec-fetch-site': site })))
  for (const site of ['cross-site', 'same-site']) {
    assert.ok(isForeign(asking('/events', { 'sec-fetch-site': site, 'sec-fetch-mode': 'cors' })))
    assert.ok(isForeign(asking('/', { 'sec-fetch-site': site, ...visit, 'sec-fetch-dest': 'iframe' })))
    assert.not(isForeign(asking('/', { 'sec-fetch-site': site, ...visit })))
  }
})

test.run()
