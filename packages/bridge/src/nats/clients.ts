// The NATS clients, which are optional: people who bridge nothing to NATS need not install them.
import { FloodnetError } from '@floodnet/core'

type Transport = typeof import('@nats-io/transport-node')
type JetStream = typeof import('@nats-io/jetstream')

/** The versions that package.json names; a test compares them. Later ones of nuid require Node 22. */
const WANTED = '@nats-io/transport-node@3.3.1 @nats-io/jetstream@3.3.1'

/** @throws ERR_FLOODNET_START saying what to install. */
export async function loadClients(): Promise<Transport & Pick<JetStream, 'jetstream' | 'jetstreamManager'>> {
  try {
    const [transport, { jetstream, jetstreamManager }] = await Promise.all([
      import('@nats-io/transport-node'),
      import('@nats-io/jetstream')
    ])
    return { ...transport, jetstream, jetstreamManager }
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw cause
    const text = `a NATS bridge needs its clients, which are not installed: npm install ${WANTED}`
    throw new FloodnetError('ERR_FLOODNET_START', text, { cause })
  }
}

export type Clients = Awaited<ReturnType<typeof loadClients>>
