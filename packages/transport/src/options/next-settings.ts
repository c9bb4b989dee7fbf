// The settings of the node that follows one which has left its network: the same identity and limits, and another
// network if the program names one.
import { messageOf, nextIncarnation, optionError } from '@floodnet/core'
import type { JoinOptions, NetworkOptions } from '../api.ts'
import { isOf } from '../finding/network-of.ts'
import { secondsOf } from '../identity/identity.ts'
import { storeIncarnation } from '../identity/identity-file.ts'
import { checkOptionShapes } from './option-shapes.ts'
import { joinEntries, type Kept, type Settings, settingsOf } from './settings.ts'

/** What may differ from one network to the next. */
const CHANGEABLE = [
  'name',
  'key',
  'listen',
  'advertise',
  'discover',
  'workBits'
] as const satisfies readonly (keyof JoinOptions)[]

/** The node that has left, and how it was made. */
export interface Before {
  readonly options: NetworkOptions
  readonly settings: Settings
  /** The incarnation of the packets that it wrote last. */
  readonly incarnation: number
}

/**
 * Without a name, a key or a ticket of another network, it is the previous network.
 * @throws as `createNetwork` does.
 */
export async function nextSettings(
  { options, settings: last, incarnation }: Before,
  join: NetworkOptions['join'],
  changes: JoinOptions
): Promise<Settings> {
  checkOptionShapes(changes)
  for (const name of Object.keys(changes))
    if (!CHANGEABLE.some((each) => each === name)) throw optionError(name, `option ${name} cannot be given to join()`)
  const { name: _name, key: _key, ...kept } = options
  const given = { ...kept, ...changes, join: join ?? null }
  const isNamed = changes.name !== undefined || changes.key !== undefined
  const isAnother = isNamed || joinEntries(join).tickets.some((ticket) => !isOf(ticket, last.networkId))
  return settingsOf(given, isAnother ? null : last, (networkId) => sameNode(last, incarnation, networkId))
}

/**
 * Other nodes remember what this key has written, so its next packets need a higher incarnation, or they would be taken
 * for duplicates. Peers of one network are strangers in another.
 */
async function sameNode(last: Settings, used: number, networkId: Uint8Array): Promise<Kept> {
  const { identityFile, memory } = last
  const incarnation = nextIncarnation(Math.max(used, last.identity.incarnation), secondsOf(Date.now()))
  const identity = { ...last.identity, incarnation }
  const notice = identityFile === null ? null : await problemOfStoring(identityFile, identity)
  const isSame = Buffer.compare(networkId, last.networkId) === 0
  return { identity, identityFile, notice, memory: isSame && memory !== null ? await memory.again() : null }
}

async function problemOfStoring(file: string, identity: Settings['identity']): Promise<string | null> {
  try {
    await storeIncarnation(file, identity)
    return null
  } catch (error) {
    return `identity file ${file} cannot be written any more: ${messageOf(error)}`
  }
}
