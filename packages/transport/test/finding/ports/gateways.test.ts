// What routers say, read: routes, answers to a search, descriptions. Whatever it is, nobody else is asked anything.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { defaultRoutes, isPrivate } from '../../../src/finding/ports/gateway-addresses.ts'
import { lanUrl, requestLan } from '../../../src/finding/ports/lan-http.ts'
import { locationIn } from '../../../src/finding/ports/ssdp.ts'
import { serviceIn, textOf } from '../../../src/finding/ports/upnp.ts'

const HOST = '192.168.1.1'
const DESCRIPTION = new URL(`http://${HOST}:5000/rootDesc.xml`)

test('the gateway is the one of the default route, if that is up', () => {
  const line = (destination: string, gateway: string, flags: string) =>
    `eth0\t${destination}\t${gateway}\t${flags}\t0\t0\t100\t00000000\t0\t0\t0`
  const text = [
    'Iface\tDestination\tGateway\tFlags',
    line('00000000', '0101A8C0', '0003'),
    line('0001A8C0', '00000000', '0001'),
    line('00000000', '0201A8C0', '0002'),
    line('00000000', 'nonsense', '0003')
  ].join('\n')
  assert.equal(defaultRoutes(text), [HOST])
  assert.equal(defaultRoutes(''), [])
})

test('addresses of homes and carriers are private, others are not', () => {
  for (const address of ['10.0.0.1', '172.16.0.1', '172.31.9.9', '192.168.0.1', '100.64.0.1'])
    assert.ok(isPrivate(address), address)
  for (const address of ['11.0.0.1', '172.32.0.1', '192.169.0.1', '100.128.0.1', '::1', 'fd00::1', 'router'])
    assert.not.ok(isPrivate(address), address)
})

test('a description counts only at the address that told of it', () => {
  const answer = (location: string) => `HTTP/1.1 200 OK\r\nST: x\r\nLocation: ${location}\r\n\r\n`
  assert.is(locationIn(answer(DESCRIPTION.href), HOST)?.href, DESCRIPTION.href)
  const others = [
    'http://192.168.1.2/',
    'http://example.org/',
    'https://192.168.1.1/',
    'http://a@192.168.1.1/',
    'nonsense',
    ''
  ]
  for (const other of others) assert.is(locationIn(answer(other), HOST), null, other)
  assert.is(locationIn(`NOTIFY * HTTP/1.1\r\nLOCATION: ${DESCRIPTION.href}\r\n\r\n`, HOST), null)
})

test('of a description the first service that maps ports counts, if it is at the router', () => {
  const service = (type: string, url: string) =>
    `<service><serviceType>urn:schemas-upnp-org:service:${type}</serviceType><controlURL>${url}</controlURL></service>`
  const others = service('Layer3Forwarding:1', '/a')
  const find = (...services: string[]) => serviceIn(`<root>${services.join('')}</root>`, DESCRIPTION)?.url.href ?? null
  assert.is(find(others, service('WANIPConnection:1', '/b?x=1&amp;y')), `http://${HOST}:5000/b?x=1&y`)
  assert.is(find(service('WANPPPConnection:1', 'c'), others), `http://${HOST}:5000/c`)
  assert.is(find(service('WANIPConnection:2', `http://${HOST}:81/d`)), `http://${HOST}:81/d`)
  assert.is(find(service('WANIPConnection:1', 'http://192.168.1.2/d')), null)
  assert.is(find(others), null)
  assert.is(serviceIn('<service><serviceType>', DESCRIPTION), null)
})

test('a tag that does not end has no text', () => {
  assert.is(textOf('<a> b </a>', 'a'), 'b')
  assert.is(textOf('<a>b', 'a'), null)
  assert.is(textOf('</a><a>', 'a'), null)
})

test('a redirect is not followed, and an answer without end is given up', async () => {
  const asked: string[] = []
  const server = createServer((request, response) => {
    asked.push(request.url ?? '')
    if (request.url === '/moved') {
      response.writeHead(302, { location: '/elsewhere' }).end()
      return
    }
    const more = (): void => {
      if (!response.destroyed) response.write('x'.repeat(65_536), () => setImmediate(more))
    }
    more()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const { status } = await requestLan(lanUrl('/moved', '127.0.0.1', base) as URL, { method: 'GET' })
  assert.is(status, 302)
  await requestLan(new URL('/endless', base), { method: 'GET' }).then(
    () => assert.unreachable(),
    (error: { reason: string }) => assert.is(error.reason, 'gateway-silent')
  )
  assert.equal(asked, ['/moved', '/endless'])
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
})

test.run()
