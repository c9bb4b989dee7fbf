// Bytes that come in over the sockets of this thread, whatever system opened them.
import { subscribe } from 'node:diagnostics_channel'
import type { Socket } from 'node:net'

const open = new Set<Socket>()
let closedBytes = 0

for (const channel of ['net.client.socket', 'net.server.socket']) {
  subscribe(channel, (message) => {
    const { socket } = message as { socket: Socket }
    open.add(socket)
    socket.once('close', () => {
      open.delete(socket)
      closedBytes += socket.bytesRead
    })
  })
}

export function socketBytesIn(): number {
  let bytes = closedBytes
  for (const socket of open) bytes += socket.bytesRead
  return bytes
}
