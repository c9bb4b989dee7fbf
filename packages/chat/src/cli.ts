// The floodchat command: wires options, log, screen, network and chat to this process. Exit codes: 0 left, 1 failed, 2
// bad usage.
import { readFileSync } from 'node:fs'
import { codeOf, exitCodeOf, messageOf } from '@floodnet/core'
import {
  createNetwork,
  FloodnetError,
  isHangupIgnored,
  type Network,
  type NetworkOptions,
  type Pages,
  showPages,
  watchNpm,
  withStdinEntry
} from '@floodnet/transport'
import { runChat } from './chat.ts'
import { type ChatOptions, parseOptions, USAGE } from './options.ts'
import { ROOM_RATES } from './rates.ts'
import { readTyped } from './screens/line-reader.ts'
import type { Screen, TypedLine } from './screens/screen.ts'
import { jsonOf, openJsonScreen } from './screens/screen-json.ts'
import { openPlainScreen } from './screens/screen-plain.ts'
import { generateKeyPair } from './sealed/hpke.ts'
import { MAX_SAID_BYTES, newSession, type Session } from './session/session.ts'
import { logFor, profileWithout } from './starting.ts'
import type { Log } from './store/log.ts'
import { chooseProfile, openProfile, type Profile, throwAwayProfile } from './store/profile.ts'
import { openTranscript, type Transcript } from './store/transcript.ts'
import { openFullScreen } from './terminal/open.ts'
import { cleanText } from './text/clean-text.ts'

// Messages that may wait for the chat: its thread may be busy for a moment while 20,000 arrive in a second, and the
// default of 512 would lose some.
const INBOX_LIMIT = 8192

// Messages a second of one author that the chat shows: more than anybody reads. A guess.
const SHOWN_PER_SECOND = 10

// The steps of join requests: several lines a second while neighbours are missing. DEBUG=floodnet:* shows them.
const SKIPPED_IN_LOG: ReadonlySet<string> = new Set(['join'])

async function main(args: readonly string[]): Promise<void> {
  const invocation = parseOptions(args, process.env)
  switch (invocation.kind) {
    case 'help':
      return print(USAGE)
    case 'version':
      return print(`${ownVersion()}\n`)
    case 'chat':
      await withProfile(invocation.options, leaveSignal())
      if (outputFailure !== null) throw outputFailure
  }
}

async function withProfile(options: ChatOptions, leave: AbortSignal): Promise<void> {
  const profile = profileFor(options)
  try {
    await chat(options, profile, leave)
  } finally {
    profile.release()
  }
}

// A certificate is for a key that the user names; without a key, the network says what is missing.
function profileFor({ identity, throwaway, ca, cert, state, username }: ChatOptions): Profile {
  if (identity !== null) return openProfile(identity)
  return throwaway || ca !== null || cert !== null ? throwAwayProfile() : chooseProfile(state, username)
}

async function chat(asked: ChatOptions, given: Profile, leave: AbortSignal): Promise<void> {
  const entries = await withStdinEntry(asked.entries, { openStdin: () => process.stdin, ask: askOnStderr, leave })
  if (entries === null) return
  const options = { ...asked, entries }
  let screen: Screen | null = null
  const { what: log, warning } = logFor(options, {
    tag: { pid: process.pid },
    skip: SKIPPED_IN_LOG,
    // Later, because the first line of all must be the one with the address.
    onFailure: (error) => setImmediate(() => screen?.show({ kind: 'notice', text: `no more log: ${error.message}` }))
  })
  const transcript = transcriptFor(options, (text) => screen?.show({ kind: 'notice', text }))
  const started = await startAnyhow(options, given, log, leave)
  if (started === null) return
  const { network, profile, shown } = started
  const terminal = openTerminal(options)
  screen = terminal.screen
  const keys = generateKeyPair()
  const session = startSession(network.id, keys.publicKey, options, profile, terminal.interactive)
  const patient = options.once !== null
  const save = (name: string) => profile.save(name)
  try {
    const stem = options.private
    const parts = {
      ...terminal,
      network,
      log,
      session,
      keys,
      patient,
      stem,
      entries,
      leave,
      transcript,
      downloads: options.downloads,
      save
    }
    const running = runChat(parts)
    // After the first line, which programs take to be the one with the address.
    const text = profile.warning ?? warning
    for (const line of text === null ? shown : [text, ...shown]) screen.show({ kind: 'notice', text: line })
    if (profile.detail !== undefined) log.info({ detail: profile.detail }, 'another identity than usual')
    const { problem } = await running
    if (problem !== null && !terminal.interactive) throw new FloodnetError('ERR_FLOODNET_FAILED', problem)
  } finally {
    await terminal.screen.close()
    log.close()
  }
}

function startSession(
  id: string,
  key: Uint8Array,
  options: ChatOptions,
  profile: Profile,
  forPeople: boolean
): Session {
  const { username, tail, shown, once, commands, json } = options
  return newSession({
    id,
    key,
    name: username ?? profile.name,
    startedAt: performance.timeOrigin + performance.now(),
    silent: tail,
    obeys: once === null && (commands ?? (forPeople || json)),
    shownPerSecond: shown ?? (forPeople ? SHOWN_PER_SECOND : 0),
    book: profile.book,
    marks: profile.marks
  })
}

function transcriptFor({ transcript }: ChatOptions, tell: (text: string) => void): Transcript | null {
  if (transcript === null) return null
  return openTranscript(transcript, (error) => tell(`no more transcript: ${error.message}`))
}

interface Started {
  readonly network: Network
  readonly profile: Profile
  /** In words, where its pages are. */
  readonly shown: readonly string[]
}

/** Null if told to leave in the meantime. */
async function startAnyhow(
  options: ChatOptions,
  given: Profile,
  log: Log,
  leave: AbortSignal
): Promise<Started | null> {
  return await startNetwork(options, given, log, leave).catch((error: unknown) => {
    const without = profileWithout(error, options, given)
    if (without === null) throw error
    return startNetwork(options, without, log, leave)
  })
}

async function startNetwork(
  options: ChatOptions,
  profile: Profile,
  log: Log,
  leave: AbortSignal
): Promise<Started | null> {
  try {
    const network = await createNetwork(networkOptions(options, profile, log, leave))
    return { network, profile, shown: await startPages(network, options.pages, log) }
  } catch (error) {
    if (leave.aborted) return null
    throw error
  }
}

async function startPages(network: Network, pages: Pages, log: Log): Promise<string[]> {
  const shown: string[] = []
  try {
    const end = await showPages(network, pages, { loggerOf: () => log, tell: (text) => void shown.push(text) })
    network.once('close', () => void end())
  } catch (error) {
    await network.close()
    throw error
  }
  for (const page of shown) log.info({ page }, 'shown')
  return shown
}

function networkOptions(options: ChatOptions, { identity }: Profile, logger: Log, signal: AbortSignal): NetworkOptions {
  const { listen, entries, network: name, key, ca, cert, work: workBits } = options
  const join = entries.length > 0 ? entries : null
  const given = Object.entries({ listen, join, name, identity, key, ca, cert, workBits }).filter(
    ([, value]) => value !== null
  )
  const discover = options.lan ? (['lan'] as const) : []
  return {
    logger,
    signal,
    discover,
    mapPort: options.mapPort,
    inboxLimit: INBOX_LIMIT,
    limits: ROOM_RATES,
    ...Object.fromEntries(given)
  }
}

interface Terminal {
  readonly screen: Screen
  readonly lines: AsyncIterable<TypedLine>
  readonly interactive: boolean
}

function openTerminal({ plain, json, once, tail, bell, notify }: ChatOptions): Terminal {
  const { stdin, stdout } = process
  if (once !== null || tail) {
    const screen = json ? openJsonScreen(stdout) : openPlainScreen(stdout, { echo: false })
    return { screen, lines: once === null ? nothingTyped() : onceTyped(once), interactive: false }
  }
  if (!plain && !json && stdin.isTTY && stdout.isTTY && process.env.TERM !== 'dumb') {
    const screen = openFullScreen(stdin, stdout, { bell, notify })
    return { screen, lines: screen.lines, interactive: true }
  }
  const screen = json ? openJsonScreen(stdout) : openPlainScreen(stdout, { echo: !stdin.isTTY })
  return { screen, lines: readTyped(stdin, MAX_SAID_BYTES), interactive: stdin.isTTY === true }
}

async function* onceTyped(text: string): AsyncGenerator<TypedLine> {
  yield { text, conversation: null }
}

// Until the user leaves by a signal.
async function* nothingTyped(): AsyncGenerator<TypedLine> {
  await new Promise(() => undefined)
}

// The handlers act on the first signal only; a second one ends the process at once.
function leaveSignal(): AbortSignal {
  const leaving = new AbortController()
  const leave = () => leaving.abort()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, leave)
  if (isHangupIgnored()) process.on('SIGHUP', () => undefined)
  else process.once('SIGHUP', leave)
  watchNpm(leave)
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    outputFailure ??= failureOfOutput(error)
    leave()
  })
  return leaving.signal
}

let outputFailure: FloodnetError | null = null

// If nobody reads any more (`floodchat | head`, a closed terminal), that is not a failure.
function failureOfOutput(error: NodeJS.ErrnoException): FloodnetError | null {
  if (error.code === 'EPIPE' || error.code === 'EIO') return null
  return new FloodnetError('ERR_FLOODNET_FAILED', `the output cannot be written: ${error.message}`, { cause: error })
}

// Standard output belongs to the chat, and a program may read it.
function askOnStderr(text: string): void {
  process.stderr.write(`${text}\n`)
}

async function print(text: string): Promise<void> {
  const failed = await new Promise<NodeJS.ErrnoException | null | undefined>((done) => {
    process.stdout.once('error', done).write(text, done)
  })
  const failure = failed ? failureOfOutput(failed) : null
  if (failure !== null) throw failure
}

function ownVersion(): string {
  const manifest: { version: string } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
  return manifest.version
}

function fail(error: unknown, json: boolean): number {
  const [code, message] = [codeOf(error), messageOf(error)]
  process.stderr.write(`floodchat: ${code}: ${cleanText(message)}\n`)
  if (json) process.stdout.write(`${jsonOf({ kind: 'error', code, message })}\n`)
  return exitCodeOf(error)
}

const args = process.argv.slice(2)
const exitCode = await main(args).then(
  () => Number(process.exitCode ?? 0),
  (error: unknown) => fail(error, args.includes('--json'))
)
// An open stdin would keep the process alive. By now everything has been written and closed.
process.exit(exitCode)
