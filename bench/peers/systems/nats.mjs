// NATS: every station is a client of one server, which passes messages on. Neither encrypted nor signed, its default.
import { connect } from '@nats-io/transport-node'

const SUBJECT = 'floodnet.bench'

export async function start({ edges, reads, settings }, onMessage) {
  const connection = await connect({ servers: settings.server })
  if (reads) {
    connection.subscribe(SUBJECT, {
      callback: (error, message) => {
        if (error) throw error
        onMessage(message.data)
      }
    })
  }
  await connection.flush()
  return {
    address: settings.server,
    links: () => edges.length,
    // The message is queued as it is, and ours is written over when its turn comes again.
    write: (message) => connection.publish(SUBJECT, message.slice()),
    close: () => connection.close()
  }
}
