// Finds routers that speak UPnP on one local network: a question by multicast (SSDP), and the address of a description
// in each answer.
import { createSocket } from 'node:dgram'
import { ipBytes } from '@floodnet/core'
import { isOn, type LocalNetwork } from '../lan/interfaces.ts'
import { lanUrl } from './lan-http.ts'

const GROUP = '239.255.255.250'
const PORT = 1900
const DEVICES = [1, 2].map((version) => `urn:schemas-upnp-org:device:InternetGatewayDevice:${version}`)
/** Packets get lost, so UPnP's architecture says to ask more than once. */
const ASK_MS = [0, 400, 1_200] as const
/** Answers come within the second that the question allows (MX: 1), after the last question. */
const SEARCH_MS = 2_500
/** A network with more of them is playing tricks. A guess. */
const MAX_FOUND = 4
/** The packet must not leave the link. */
const TTL = 1

/** URLs of descriptions, each at the address that named it. Resolves at the first answers, or with none at the end. */
export function searchGateways(network: LocalNetwork): Promise<URL[]> {
  const socket = createSocket('udp4')
  const timers: NodeJS.Timeout[] = []
  const found = new Map<string, URL>()
  return new Promise<URL[]>((resolve) => {
    const finish = (): void => resolve([...found.values()])
    socket.on('error', finish)
    socket.on('message', (message, { address }) => {
      const url = isOn(network, address) ? locationIn(message.toString('latin1'), address) : null
      if (url === null || found.size >= MAX_FOUND) return
      found.set(url.href, url)
      // A moment for other answers.
      timers.push(setTimeout(finish, 100))
    })
    socket.bind(0, network.address, () => {
      try {
        socket.setMulticastInterface(network.address)
        socket.setMulticastTTL(TTL)
      } catch {
        return finish()
      }
      for (const ms of ASK_MS) timers.push(setTimeout(() => DEVICES.forEach((device) => void ask(device)), ms))
      timers.push(setTimeout(finish, SEARCH_MS))
    })
    const ask = (device: string): void => socket.send(questionFor(device), PORT, GROUP, () => undefined)
  }).finally(() => {
    for (const timer of timers) clearTimeout(timer)
    socket.close()
  })
}

/** The description that an answer names, if it is at the address that the answer came from. */
export function locationIn(answer: string, from: string): URL | null {
  if (!/^HTTP\/1\.[01] 200/.test(answer) || ipBytes(from) === null) return null
  const location = /^location:[ \t]*(\S{1,512})[ \t]*\r?$/im.exec(answer)?.[1]
  return location === undefined ? null : lanUrl(location, from)
}

function questionFor(device: string): string {
  const lines = ['M-SEARCH * HTTP/1.1', `HOST: ${GROUP}:${PORT}`, 'MAN: "ssdp:discover"', 'MX: 1', `ST: ${device}`]
  return `${lines.join('\r\n')}\r\n\r\n`
}
