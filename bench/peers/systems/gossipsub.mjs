// js-libp2p gossipsub with its defaults: strict signing, mesh of 6.
import { gossipsub } from '@libp2p/gossipsub'
import { startLibp2p } from './libp2p.mjs'

export function start(options, onMessage) {
  return startLibp2p(options, onMessage, gossipsub(), (service, topic) => service.getMeshPeers(topic).length)
}
