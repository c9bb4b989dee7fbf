// Takes docs/floodchat.svg: three people on one network, each with a floodchat in a terminal of their own (tmux), and
// what one of them sees. It is what they typed that is seen: nothing is drawn.
//   node build.mjs --js && node scripts/screenshot.mjs
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { terminalSvg } from './terminal-svg.mjs'

const COLUMNS = 96
const ROWS = 18
const PEOPLE = ['alice', 'bob', 'carol']
const WAIT_MS = 60_000
const root = fileURLToPath(new URL('..', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'floodchat-picture-'))

try {
  await play()
  const picture = terminalSvg(tmux('capture-pane', '-epN', '-t', 'bob'), COLUMNS, 'floodchat')
  writeFileSync(join(root, 'docs/floodchat.svg'), picture)
} finally {
  await leave()
  rmSync(folder, { recursive: true })
}

async function play() {
  start('alice')
  const entry = await find('alice', /listening on (\S+);/)
  start('bob', entry)
  start('carol', entry)
  for (const name of ['bob', 'carol']) await find(name, /[1-9] peers?/)
  await say('alice', 'morning! the relay in the attic is up again', 'bob')
  await say('carol', '早上好 🎉 how far is it now?', 'bob')
  await say('bob', 'two hops from the river', 'carol')
  paste('alice', 'its log:\n  09:01 link to 10.0.0.7 up\n  09:01 path mended, nothing lost')
  await find('bob', /path mended/)
  await say('alice', '/join #attic')
  await say('bob', '/join #attic')
  await say('alice', 'who has the ladder?', 'bob')
  tmux('send-keys', '-t', 'bob', 'M-1')
  await say('carol', '@bob can you bring the spare antenna?')
  await find('bob', /@carol/)
  await say('carol', 'bob: coffee first? ☕ then the roof', 'bob')
  tmux('send-keys', '-t', 'bob', '-l', 'on my way, with the')
  await find('bob', /with the$/m)
  // A second, so that the status line has been counted anew.
  await new Promise((resolve) => setTimeout(resolve, 1500))
}

/** A floodchat in a window of its own, with a home of its own. */
function start(name, ...args) {
  const home = join(folder, name)
  mkdirSync(home)
  const cli = join(root, 'packages/chat/dist/cli.js')
  const flags = ['--listen', '127.0.0.1:0', '--name', `picture-${process.pid}`, '--username', name]
  const command = ['env', `HOME=${home}`, `XDG_STATE_HOME=${home}`, process.execPath, cli, ...flags, ...args]
  const window = ['-d', '-x', `${COLUMNS}`, '-y', `${ROWS}`, '-s', name, command.map((word) => `'${word}'`).join(' ')]
  tmux('-f', '/dev/null', 'new-session', ...window)
}

/** Everybody leaves, and tmux with the last of them: only then nobody writes to a home any more. */
async function leave() {
  const end = Date.now() + WAIT_MS
  while (spawnSync('tmux', ['-S', join(folder, 'tmux'), 'list-sessions']).status === 0 && Date.now() < end) {
    for (const name of PEOPLE) spawnSync('tmux', ['-S', join(folder, 'tmux'), 'send-keys', '-t', name, 'C-c'])
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
}

/** Types a line, and waits until `reader` sees it. */
async function say(name, text, reader) {
  tmux('send-keys', '-t', name, '-l', text)
  tmux('send-keys', '-t', name, 'Enter')
  if (reader !== undefined) await find(reader, new RegExp(text.slice(-12).replace(/[?.*]/g, '\\$&')))
}

function paste(name, text) {
  tmux('set-buffer', text)
  tmux('paste-buffer', '-p', '-t', name)
  tmux('send-keys', '-t', name, 'Enter')
}

/** The first group of `pattern`, once it stands on this one's screen. */
async function find(name, pattern) {
  const end = Date.now() + WAIT_MS
  while (Date.now() < end) {
    const found = pattern.exec(tmux('capture-pane', '-p', '-t', name))
    if (found !== null) return found[1]
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  throw new Error(`${name} never sees ${pattern}:\n${tmux('capture-pane', '-p', '-t', name)}`)
}

function tmux(...args) {
  const env = { ...process.env, TERM: 'xterm-256color', LC_ALL: 'C.UTF-8' }
  return execFileSync('tmux', ['-S', join(folder, 'tmux'), ...args], { env, encoding: 'utf8' })
}
