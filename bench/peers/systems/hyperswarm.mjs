// hyperswarm: encrypted links (Noise, secretstream) found through a DHT, here a local one. It brings no network of its
// own, so messages are flooded with a Set of ids. Each edge is a topic: whoever shares one is linked.
import { createHash } from 'node:crypto'
import DHT from 'hyperdht'
import Hyperswarm from 'hyperswarm'
import { SetFlood } from '../../systems/set-flood.mjs'

export async function start({ edges, settings }, onMessage) {
  // Bound to every address, the accepting end hears nothing of a local DHT.
  const swarm = new Hyperswarm({ dht: new DHT({ bootstrap: settings.bootstrap, host: '127.0.0.1' }) })
  const flood = new SetFlood((link, frame) => link.write(frame), onMessage)
  swarm.on('connection', (link) => {
    link.on('error', () => undefined)
    // A secret stream keeps what was written as one message.
    link.on('data', (frame) => flood.onFrame(link, frame))
    link.on('close', () => flood.remove(link))
    flood.add(link)
  })
  const topics = edges.map((edge) => createHash('sha256').update(edge).digest())
  await Promise.all(topics.map((topic) => swarm.join(topic).flushed()))
  await swarm.flush()
  return {
    address: 'by topic',
    links: () => flood.size,
    write: (message) => flood.write(message),
    close: () => swarm.destroy()
  }
}
