// Program: a byte pipe, no decoding. The limit of any relay on Node's streams.
import { once } from 'node:events'
import net from 'node:net'
import { answerCalls } from '../run/calls.ts'
import { ownUsage } from '../run/usage.ts'
import type { PipeCalls } from './calls.ts'

answerCalls<PipeCalls>({
  async listen() {
    let sink: net.Socket | null = null
    const server = net.createServer((socket) => {
      socket.setNoDelay(true)
      socket.on('error', () => undefined)
      if (sink === null) sink = socket
      else socket.pipe(sink)
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    return (server.address() as net.AddressInfo).port
  },
  mark: () => ownUsage()
})
