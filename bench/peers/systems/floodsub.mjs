// js-libp2p floodsub with its defaults: strict signing.
import { floodsub } from '@libp2p/floodsub'
import { startLibp2p } from './libp2p.mjs'

export function start(options, onMessage) {
  return startLibp2p(options, onMessage, floodsub(), (service, topic) => service.getSubscribers(topic).length)
}
