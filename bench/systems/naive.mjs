// The obvious relay on node:net: a length in front of each frame, a Set of ids, one write a frame. Neither encrypted
// nor signed, and without back-pressure: the benchmark's window of messages bounds what is on its way.
import { once } from 'node:events'
import net from 'node:net'
import { SetFlood } from './set-flood.mjs'

export async function start({ join }, onMessage) {
  const flood = new SetFlood((socket, frame) => {
    const bytes = Buffer.allocUnsafe(4 + frame.length)
    bytes.writeUInt32BE(frame.length)
    frame.copy(bytes, 4)
    socket.write(bytes)
  }, onMessage)
  const add = (socket) => {
    let rest = Buffer.alloc(0)
    socket.setNoDelay(true)
    socket.on('error', () => undefined)
    socket.on('data', (chunk) => {
      rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
      let offset = 0
      while (rest.length - offset >= 4) {
        const end = offset + 4 + rest.readUInt32BE(offset)
        if (end > rest.length) break
        flood.onFrame(socket, rest.subarray(offset + 4, end))
        offset = end
      }
      rest = rest.subarray(offset)
    })
    socket.on('close', () => flood.remove(socket))
    flood.add(socket)
  }
  const server = net.createServer(add)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  for (const address of join) {
    const socket = net.connect(Number(address.split(':')[1]), '127.0.0.1')
    await once(socket, 'connect')
    add(socket)
  }
  return {
    address: `127.0.0.1:${server.address().port}`,
    links: () => flood.size,
    write: (message) => flood.write(message),
    close: async () => {
      server.close()
    }
  }
}
