// Asks a terminal to ring, and to notify the desktop that somebody means this user. Pure.
import { cleanText } from '../text/clean-text.ts'
import { fitText } from './layout/cells.ts'

/** Columns of a notification's text: what desktops show. */
const MAX_NOTIFIED_COLUMNS = 120

export interface Alerting {
  readonly bell: boolean
  readonly notify: boolean
}

/** `env`: the environment of the process, to identify the terminal. */
export function alertBytes(from: string, text: string, { bell, notify }: Alerting, env: NodeJS.ProcessEnv): string {
  return `${notify ? notification(from, text, env) : ''}${bell ? '\u0007' : ''}`
}

// OSC 777 for the terminals that know nothing else, OSC 9 for the rest. A fixed word comes first: "9;4;" would be a
// progress bar.
function notification(from: string, text: string, env: NodeJS.ProcessEnv): string {
  const name = cleanText(from).replaceAll(';', ',')
  const words = fitText(cleanText(text).replaceAll(';', ','), MAX_NOTIFIED_COLUMNS)
  const isOld = /^(rxvt|foot)/.test(env.TERM ?? '')
  const sequence = isOld
    ? `\u001B]777;notify;floodchat: ${name};${words}\u0007`
    : `\u001B]9;floodchat: ${name}: ${words}\u0007`
  return env.TMUX === undefined ? sequence : throughTmux(sequence)
}

// tmux passes on what is wrapped like this if its option allow-passthrough is on, and otherwise swallows it.
function throughTmux(sequence: string): string {
  return `\u001BPtmux;${sequence.replaceAll('\u001B', '\u001B\u001B')}\u001B\\`
}
