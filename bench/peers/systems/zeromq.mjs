// ZeroMQ: for each link a PUB and a SUB socket at either end. It brings no network, so messages are flooded with a Set
// of ids. Without high-water marks: with them PUB drops in silence.
import { Publisher, Subscriber } from 'zeromq'
import { SetFlood } from '../../systems/set-flood.mjs'

/** A subscription takes a while to be known; a neighbour counts when something of it has come. */
const HELLO = Buffer.from('hello')
const HELLO_MS = 20

export async function start({ join, edges, name }, onMessage) {
  const links = []
  const flood = new SetFlood((link, frame) => link.send(frame), onMessage)
  const own = {}
  for (const edge of edges) {
    const link = new Link(flood)
    links.push(link)
    if (edge.startsWith(`${name}-`)) own[edge] = await link.bind()
    else link.connect(join.map((address) => JSON.parse(address)[edge]).find((pair) => pair !== undefined))
  }
  return {
    address: JSON.stringify(own),
    links: () => flood.size,
    write: (message) => flood.write(message),
    close: async () => {
      for (const link of links) link.close()
    }
  }
}

class Link {
  #publisher = new Publisher({ sendHighWaterMark: 0, linger: 0 })
  #subscriber = new Subscriber({ receiveHighWaterMark: 0, linger: 0 })
  #flood
  #hello
  /** Sends of one socket must follow each other. */
  #last = Promise.resolve()

  constructor(flood) {
    this.#flood = flood
    this.#subscriber.subscribe()
    this.#hello = setInterval(() => this.send(HELLO), HELLO_MS)
  }

  async bind() {
    await this.#publisher.bind('tcp://127.0.0.1:*')
    await this.#subscriber.bind('tcp://127.0.0.1:*')
    void this.#read()
    return { publisher: this.#publisher.lastEndpoint, subscriber: this.#subscriber.lastEndpoint }
  }

  connect({ publisher, subscriber }) {
    this.#subscriber.connect(publisher)
    this.#publisher.connect(subscriber)
    void this.#read()
  }

  send(frame) {
    this.#last = this.#last.then(() => this.#publisher.send(frame))
  }

  close() {
    clearInterval(this.#hello)
    this.#publisher.close()
    this.#subscriber.close()
  }

  async #read() {
    for await (const [frame] of this.#subscriber) {
      if (frame.equals(HELLO)) this.#flood.add(this)
      else this.#flood.onFrame(this, frame)
    }
  }
}
