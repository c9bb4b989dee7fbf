// NAT-PMP (RFC 6886): one UDP packet asks the router for a port, and one answers. Most routers that speak PCP answer it
// too.
import { createSocket } from 'node:dgram'
import { type Gateway, type Mapped, MappingError } from './gateway.ts'

const PORT = 5351
const OP_ADDRESS = 0
const OP_MAP_TCP = 2
const ANSWER = 128
/** RFC 6886 doubles 250 ms nine times, which takes two minutes; a router on the local network answers sooner. */
const TRIES_MS = [250, 500, 1_000] as const
/** "Unsupported version", "unsupported opcode": the router does not speak NAT-PMP, whatever else it speaks. */
const NOT_SPOKEN = new Set([1, 5])
const OUT_OF_RESOURCES = 4

/** Asks for the outer address, which shows whether the router speaks NAT-PMP. @throws MappingError */
export async function findNatPmp(host: string, from: string): Promise<Gateway> {
  await outsideOf(host, from)
  return {
    protocol: 'nat-pmp',
    host,
    map: (port, outer, leaseS) => map(host, from, port, outer, leaseS),
    unmap: async (port) => void (await ask(host, from, mapRequest(port, 0, 0), 16))
  }
}

async function map(host: string, from: string, port: number, outer: number, leaseS: number): Promise<Mapped> {
  const answer = await ask(host, from, mapRequest(port, outer, leaseS), 16)
  const mapped = { port: answer.readUInt16BE(10), leaseS: answer.readUInt32BE(12) }
  if (answer.readUInt16BE(8) !== port || mapped.port === 0 || mapped.leaseS === 0)
    throw new MappingError('gateway-garbled')
  return { ...mapped, outside: await outsideOf(host, from) }
}

async function outsideOf(host: string, from: string): Promise<string> {
  const answer = await ask(host, from, Buffer.from([0, OP_ADDRESS]), 12)
  return [...answer.subarray(8, 12)].join('.')
}

function mapRequest(port: number, outer: number, leaseS: number): Buffer {
  const request = Buffer.alloc(12)
  request[1] = OP_MAP_TCP
  request.writeUInt16BE(port, 4)
  request.writeUInt16BE(outer, 6)
  request.writeUInt32BE(leaseS, 8)
  return request
}

/** The answer, of at least `bytes`. The socket is connected, so the system accepts answers from the router alone. */
function ask(host: string, from: string, request: Buffer, bytes: number): Promise<Buffer> {
  const socket = createSocket('udp4')
  const timers: NodeJS.Timeout[] = []
  return new Promise<Buffer>((resolve, reject) => {
    socket.on('error', () => reject(new MappingError('gateway-silent')))
    socket.on('message', (answer) => {
      if (answer.length < 4 || answer[1] !== ANSWER + (request[1] ?? 0)) return
      const code = answer.readUInt16BE(2)
      if (NOT_SPOKEN.has(code) || answer[0] !== 0) return reject(new MappingError('gateway-silent'))
      if (code === OUT_OF_RESOURCES) return reject(new MappingError('ports-taken'))
      if (code !== 0) return reject(new MappingError('gateway-refused', `result ${code}`))
      if (answer.length < bytes) return reject(new MappingError('gateway-garbled'))
      resolve(answer)
    })
    socket.bind(0, from, () => {
      socket.connect(PORT, host, () => {
        let atMs = 0
        for (const ms of TRIES_MS) {
          timers.push(setTimeout(() => socket.send(request), atMs))
          atMs += ms
        }
        timers.push(setTimeout(() => reject(new MappingError('gateway-silent')), atMs))
      })
    })
  }).finally(() => {
    for (const timer of timers) clearTimeout(timer)
    socket.close()
  })
}
