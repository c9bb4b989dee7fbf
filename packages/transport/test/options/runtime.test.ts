// Runtimes that will not do are told so, with what they lack.
import { TLSSocket } from 'node:tls'
import type { FloodnetError } from '@floodnet/core'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { checkRuntime } from '../../src/options/runtime.ts'

function refusal(secure: boolean, versions?: Record<string, string>): string {
  try {
    checkRuntime(secure, versions)
    return ''
  } catch (error) {
    assert.is((error as FloodnetError).code, 'ERR_FLOODNET_START')
    return (error as Error).message
  }
}

test('this runtime will do', () => {
  assert.is(refusal(true), '')
})

test('an older Node is told which one it takes', () => {
  for (const node of ['18.20.0', '20.18.3']) assert.match(refusal(true, { node }), `Node.js ${node}`)
  assert.match(refusal(false, { node: '18.20.0' }), 'Run floodnet with Node.js 20.19 or later')
  assert.is(refusal(true, { node: '20.19.0' }), '')
  assert.is(refusal(true, { node: '26.0.0' }), '')
})

test('a runtime without the exporter of TLS is told so by its name, unless the network has no TLS', () => {
  const { exportKeyingMaterial } = TLSSocket.prototype
  try {
    Reflect.deleteProperty(TLSSocket.prototype, 'exportKeyingMaterial')
    assert.match(refusal(true, { node: '24.0.0', deno: '2.5.0' }), /Deno 2\.5\.0.*exportKeyingMaterial/)
    assert.match(refusal(true, { node: '24.0.0', bun: '1.3.0' }), 'Bun 1.3.0')
    assert.is(refusal(false, { node: '24.0.0' }), '')
  } finally {
    TLSSocket.prototype.exportKeyingMaterial = exportKeyingMaterial
  }
})

test.run()
