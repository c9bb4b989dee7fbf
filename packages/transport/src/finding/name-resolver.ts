// Resolves names to IP addresses with the hosts file and DNS. It does not use the system's own lookup, which holds one
// of a pool of four threads until it has an answer: dead name servers would hold up good names and the end of the
// process. Our questions can be cancelled.
import dns, { type SrvRecord } from 'node:dns'
import { readFile } from 'node:fs/promises'
import { ipBytes } from '@floodnet/core'
import { hostsPath, lookUpInFile } from './hosts-file.ts'

/** How long to wait for one name server at first; c-ares doubles it. Two tries end within a dial's 5 s. A guess. */
const QUERY_TIMEOUT_MS = 1_500
const QUERY_TRIES = 2
/**
 * RFC 8305 waits 50 ms for the other family; resolvers that lose questions for one family are common. A guess: room for
 * a slow one.
 */
const OTHER_FAMILY_MS = 300
/** A name may have any number of addresses; a dial tries this many. A guess. */
const MAX_ADDRESSES = 12
/** glibc takes six search domains. */
const MAX_SEARCH = 6
/** The program's servers at its start: if they have changed, `dns.setServers` was meant for us too. */
const startServers = dns.getServers().join()

/**
 * `name-not-found`: there is no such name. `name-server-silent`: no server answered. `lookup-cancelled`: we gave up.
 */
export type LookupFailure = 'name-not-found' | 'name-server-silent' | 'lookup-cancelled'

export class LookupError extends Error {
  readonly reason: LookupFailure

  constructor(name: string, reason: LookupFailure) {
    super(`${name}: ${reason}`)
    this.reason = reason
  }
}

export class NameResolver {
  readonly #hosts: string
  readonly #asking = new Set<dns.promises.Resolver>()
  #closed = false

  constructor(hosts = hostsPath()) {
    this.#hosts = hosts
  }

  /** At least one address, in the order to try them. @throws LookupError */
  async lookUp(name: string): Promise<string[]> {
    if (ipBytes(name) !== null) return [name]
    const known = await lookUpInFile(name, this.#hosts)
    if (known.length > 0) return known
    if (/^(.*\.)?localhost\.?$/i.test(name)) return ['127.0.0.1', '::1']
    const failures: LookupError[] = []
    for (const full of await fullNames(name)) {
      try {
        return await this.#askBoth(full)
      } catch (error) {
        failures.push(error as LookupError)
      }
    }
    throw failures.find(({ reason }) => reason !== 'name-not-found') ?? new LookupError(name, 'name-not-found')
  }

  /** @throws LookupError */
  services(name: string): Promise<SrvRecord[]> {
    return this.#ask(name, (resolver) => resolver.resolveSrv(name))
  }

  /** Each text is joined from its parts. @throws LookupError */
  async texts(name: string): Promise<string[]> {
    const records = await this.#ask(name, (resolver) => resolver.resolveTxt(name))
    return records.map((parts) => parts.join(''))
  }

  /** Cancels all present and future questions. */
  close(): void {
    this.#closed = true
    for (const resolver of this.#asking) resolver.cancel()
  }

  /** Asks for both families at once. The slower one gets a moment, and then no longer counts. */
  async #askBoth(name: string): Promise<string[]> {
    const questions = [
      this.#ask(name, (resolver) => resolver.resolve6(name)),
      this.#ask(name, (resolver) => resolver.resolve4(name))
    ]
    const answers: string[][] = [[], []]
    const kept = questions.map(async (question, i) => {
      answers[i] = shuffled(await question)
    })
    await Promise.any(kept).catch((error: AggregateError) => {
      const reasons: LookupError[] = error.errors
      throw reasons.find(({ reason }) => reason !== 'name-not-found') ?? reasons[0]
    })
    await within(OTHER_FAMILY_MS, Promise.allSettled(kept))
    return interleaved(answers).slice(0, MAX_ADDRESSES)
  }

  /** One resolver for each question: it reads the system's current servers, and can be cancelled on its own. */
  async #ask<T>(name: string, question: (resolver: dns.promises.Resolver) => Promise<T[]>): Promise<T[]> {
    if (this.#closed) throw new LookupError(name, 'lookup-cancelled')
    const resolver = new dns.promises.Resolver({ timeout: QUERY_TIMEOUT_MS, tries: QUERY_TRIES })
    const servers = dns.getServers()
    if (servers.join() !== startServers) resolver.setServers(servers)
    this.#asking.add(resolver)
    try {
      const answer = await question(resolver)
      if (answer.length === 0) throw new LookupError(name, 'name-not-found')
      return answer
    } catch (error) {
      throw error instanceof LookupError ? error : new LookupError(name, failureOf(error as NodeJS.ErrnoException))
    } finally {
      this.#asking.delete(resolver)
    }
  }
}

/** A name without a dot is first looked up in the system's search domains, as container networks need it. */
async function fullNames(name: string): Promise<string[]> {
  if (name.includes('.')) return [name]
  const text = await readFile('/etc/resolv.conf', 'utf8').catch(() => '')
  const [, domains = ''] = /^\s*(?:search|domain)\s+(.*)$/m.exec(text) ?? []
  const search = domains.split(/\s+/).filter((domain) => domain !== '' && domain !== '.')
  return [...search.slice(0, MAX_SEARCH).map((domain) => `${name}.${domain}`), name]
}

function failureOf({ code }: NodeJS.ErrnoException): LookupFailure {
  if (code === 'ECANCELLED') return 'lookup-cancelled'
  return code === 'ENOTFOUND' || code === 'ENODATA' || code === 'EBADNAME' ? 'name-not-found' : 'name-server-silent'
}

/** In random order: if a name has many addresses, nodes spread over them, and a dead one is not always in the way. */
function shuffled(items: readonly string[]): string[] {
  return items
    .map((item) => ({ item, at: Math.random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item)
}

/** Takes one of each in turn. */
function interleaved([first = [], second = []]: readonly string[][]): string[] {
  const longest = Math.max(first.length, second.length)
  return Array.from({ length: longest }, (_, i) => [first[i], second[i]].filter((item) => item !== undefined)).flat()
}

async function within(ms: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms)
  })
  await Promise.race([work, late])
  clearTimeout(timer)
}
