// Runs one built test file in a process group of its own, within its time limit, and gathers what it said.
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { limitSeconds as limitOf } from './head.mjs'

const childPath = fileURLToPath(new URL('child.mjs', import.meta.url))
/** A process over its time limit has so long to say what it waits for. One that is busy says nothing. */
const LAST_WORDS_MS = 1_000
/** Who has said that nothing keeps it has so long to end; then it has locked up. */
const END_MS = 10_000
const running = new Set()

/**
 * Resolves to { events, output, code, signal, limitSeconds, timedOut, lockedUp, seconds }, whatever happens to the
 * file.
 */
export async function runProcess(file, builtPath) {
  const limitSeconds = limitOf(file)
  const started = performance.now()
  const child = spawn(process.execPath, [childPath, builtPath], {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    // Programs that tests start would find those of other tests on the local network.
    env: { ...process.env, NO_COLOR: '1', FLOODNET_NO_LAN: '1' }
  })
  running.add(child.pid)
  const [, stdout, stderr, eventLines] = child.stdio
  const output = gather(stdout, stderr)
  const events = []
  let timedOut = false
  let endTimer
  const timer = setTimeout(() => {
    timedOut = true
    child.kill('SIGUSR2')
    endTimer = setTimeout(() => killGroup(child.pid), LAST_WORDS_MS)
  }, limitSeconds * 1000)
  // What the file started and left behind ends with it; otherwise its hold on the pipes would keep us waiting.
  child.on('exit', () => killGroup(child.pid))
  let lockedUp = false
  onEvents(eventLines, (event) => {
    events.push(event)
    if (event.kind !== 'idle') return
    endTimer = setTimeout(() => {
      lockedUp = true
      console.log(`${file} had nothing open, and did not end within ${END_MS / 1_000} s`)
      killGroup(child.pid)
    }, END_MS)
  })
  const { code, signal } = await closed(child)
  clearTimeout(timer)
  clearTimeout(endTimer)
  running.delete(child.pid)
  const seconds = (performance.now() - started) / 1000
  return { events, output: output(), code, signal, limitSeconds, timedOut, lockedUp, seconds }
}

/** For the runner's own end, so that no test outlives it. */
export function killRunning() {
  running.forEach(killGroup)
}

function gather(...streams) {
  const chunks = []
  for (const stream of streams) stream.on('data', (chunk) => chunks.push(chunk))
  return () => Buffer.concat(chunks).toString()
}

// A last line without an end belongs to a process that was killed while writing it.
function onEvents(stream, onEvent) {
  let rest = ''
  stream.setEncoding('utf8').on('data', (chunk) => {
    const lines = (rest + chunk).split('\n')
    rest = lines.pop()
    for (const line of lines) onEvent(JSON.parse(line))
  })
}

function closed(child) {
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code, signal) => resolve({ code, signal }))
  })
}

function killGroup(pid) {
  try {
    process.kill(-pid, 'SIGKILL')
  } catch (error) {
    if (error.code !== 'ESRCH') throw error
  }
}
