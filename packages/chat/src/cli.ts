// The floodchat command: wires options, log, screen, network and chat to this process. Exit codes: 0 left, 1 failed, 2 bad usage.
import { readFileSync } from 'node:fs'
import { createNetwork, type Logger, type NetworkOptions } from '@floodnet/transport'
import { runChat } from './chat.ts'
import { codeOf, messageOf, UsageError } from './errors.ts'
import { readLines } from './line-reader.ts'
import { type Log, openLog } from './log.ts'
import { type ChatOptions, parseOptions, USAGE } from './options.ts'
import type { Screen } from './screen.ts'
import { openJsonScreen } from './screen-json.ts'
import { openPlainScreen } from './screen-plain.ts'
import { openTtyScreen } from './screen-tty.ts'
import { MAX_SAID_BYTES, newSession } from './session.ts'

// Inbox of a chat: a screen may be busy for 50 ms while 20,000 messages/s come, and the default of 512 would lose some.
const INBOX_LIMIT = 8192

async function main(): Promise<number> {
  const invocation = parseOptions(process.argv.slice(2), process.env)
  switch (invocation.kind) {
    case 'help':
      process.stdout.write(USAGE)
      return 0
    case 'version':
      process.stdout.write(`${ownVersion()}\n`)
      return 0
    case 'chat':
      return chat(invocation.options)
  }
}

interface Terminal {
  readonly screen: Screen
  readonly lines: AsyncIterable<string>
  readonly interactive: boolean
}

async function chat(options: ChatOptions): Promise<number> {
  const leave = leaveSignal()
  let screen: Screen | null = null
  const log = openLog(options.log, {
    tag: { pid: process.pid },
    debug: /floodnet/.test(process.env.DEBUG ?? ''),
    onFailure: (error) => screen?.show({ kind: 'notice', text: `no more log: ${error.message}` }),
  })
  const network = await startNetwork(options, log)
  const terminal = openTerminal(options)
  screen = terminal.screen
  const session = newSession(network.id, options.username)
  try {
    await runChat({ ...terminal, network, log, session, entry: options.entry, leave })
    return 0
  } finally {
    await terminal.screen.close()
    log.close()
  }
}

function openTerminal({ plain, json }: ChatOptions): Terminal {
  const { stdin, stdout } = process
  if (!plain && !json && stdin.isTTY && stdout.isTTY && process.env.TERM !== 'dumb') {
    const screen = openTtyScreen(stdin, stdout)
    return { screen, lines: screen.lines, interactive: true }
  }
  const screen = json ? openJsonScreen(stdout) : openPlainScreen(stdout, { echo: !stdin.isTTY })
  return { screen, lines: readLines(stdin, MAX_SAID_BYTES), interactive: stdin.isTTY === true }
}

async function startNetwork(options: ChatOptions, logger: Logger) {
  try {
    return await createNetwork(networkOptions(options, logger))
  } catch (error) {
    // What cannot start for a coded reason is about an option: address, name, identity, key.
    const code = codeOf(error)
    throw code.startsWith('ERR_FLOODNET_') ? new UsageError(code, messageOf(error), error) : error
  }
}

function networkOptions({ listen, entry, network, identity, key }: ChatOptions, logger: Logger): NetworkOptions {
  return {
    logger,
    inboxLimit: INBOX_LIMIT,
    ...(listen !== null && { listen }),
    ...(entry !== null && { join: entry }),
    ...(network !== null && { name: network }),
    ...(identity !== null && { identity }),
    ...(key !== null && { key }),
  }
}

// A second signal ends the process at once, as ever: the handlers are there for the first one only.
function leaveSignal(): AbortSignal {
  const leaving = new AbortController()
  const leave = () => leaving.abort()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, leave)
  // Nobody reads any more (`floodchat | head`): that is no failure.
  process.stdout.on('error', leave)
  return leaving.signal
}

function ownVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
  return (manifest as { version: string }).version
}

function fail(error: unknown): number {
  process.stderr.write(`floodchat: ${messageOf(error)} (${codeOf(error)})\n`)
  return error instanceof UsageError ? 2 : 1
}

// An open stdin would keep the process alive; by now everything has been written and closed.
process.exit(await main().catch(fail))
