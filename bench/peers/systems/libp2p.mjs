// js-libp2p over TCP, Noise and Yamux, as its documentation sets it up; messages signed, the default.
import './with-resolvers.mjs'
import { identify } from '@libp2p/identify'
import { noise } from '@libp2p/noise'
import { tcp } from '@libp2p/tcp'
import { yamux } from '@libp2p/yamux'
import { multiaddr } from '@multiformats/multiaddr'
import { createLibp2p } from 'libp2p'

const TOPIC = 'floodnet-bench'

/** `pubsub`: a service factory; `neighbours(service, topic)`: peers that a published message goes to. */
export async function startLibp2p({ join }, onMessage, pubsub, neighbours) {
  const node = await createLibp2p({
    addresses: { listen: ['/ip4/127.0.0.1/tcp/0'] },
    transports: [tcp()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    services: { identify: identify(), pubsub }
  })
  const { services } = node
  services.pubsub.addEventListener('message', ({ detail }) => {
    if (detail.topic === TOPIC) onMessage(detail.data)
  })
  services.pubsub.subscribe(TOPIC)
  for (const address of join) await node.dial(multiaddr(address))
  return {
    address: String(node.getMultiaddrs()[0]),
    links: () => neighbours(services.pubsub, TOPIC),
    // The message is queued as it is, and ours is written over when its turn comes again.
    write: (message) => services.pubsub.publish(TOPIC, message.slice()),
    close: () => node.stop()
  }
}
