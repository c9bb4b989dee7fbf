// Two floods of one node each, joined over a nats-server on loopback: messages a second and how long one takes.
//   node bench/nats.mjs [seconds]
import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bridgeNats } from '@floodnet/bridge'
import { createNetwork } from '@floodnet/transport'

const seconds = Number(process.argv[2] ?? 8)
const folder = mkdtempSync(join(tmpdir(), 'floodnet-nats-bench-'))
const server = spawn('nats-server', ['-a', '127.0.0.1', '-p', '-1', '-js', '-sd', folder, '--ports_file_dir', folder], {
  stdio: 'ignore'
})
try {
  const servers = await addressOf(server.pid)
  console.log('| | messages a second of 100 bytes | a lone message there, median |\n| --- | --- | --- |')
  for (const stream of [undefined, 'BENCH']) await measure(servers, stream)
} finally {
  server.kill()
  rmSync(folder, { recursive: true, force: true })
}

async function measure(servers, stream) {
  // A node's own messages are held until it has a neighbour, so each flood has two nodes.
  const name = `bench ${process.pid} ${stream}`
  const nodes = []
  const bridges = []
  const far = { count: 0, at: 0 }
  for (const inboxLimit of [0, 512]) {
    const first = await createNetwork({ listen: '127.0.0.1:0', name, inboxLimit })
    const bridged = await createNetwork({ listen: '127.0.0.1:0', name, join: first.address, inboxLimit: 0 })
    await until(() => first.peers.length === 1)
    bridges.push(await bridgeNats(bridged, { servers, subject: `bench${stream ?? ''}`, ...(stream && { stream }) }))
    nodes.push(first, bridged)
  }
  const [writer, , reader] = nodes
  reader.messages$.subscribe(() => {
    far.count++
    far.at = performance.now()
  })
  const delays = await lone(writer, far)
  const before = far.count
  const started = performance.now()
  let written = 0
  while (performance.now() - started < seconds * 1000) {
    for (let n = 0; n < 1000; n++, written++) await writer.write(new Uint8Array(100))
    // What is in no queue yet is not to be counted, and what the bridge cannot take is not to be written.
    await until(() => written - (far.count - before) < 50_000)
  }
  await until(() => far.count - before >= written)
  const rate = written / ((far.at - started) / 1000)
  const way = stream === undefined ? 'a subject alone' : 'a stream, on disk'
  console.log(`| ${way} | ${Math.round(rate).toLocaleString('en')} | ${delays[delays.length >> 1].toFixed(1)} ms |`)
  for (const each of [...bridges, ...nodes]) await each.close()
}

async function lone(writer, far) {
  const delays = []
  for (let n = 0; n < 100; n++) {
    const [count, started] = [far.count, performance.now()]
    await writer.write(new Uint8Array(100))
    await until(() => far.count > count)
    delays.push(far.at - started)
  }
  return delays.sort((a, b) => a - b)
}

async function until(condition) {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 1))
}

async function addressOf(pid) {
  let text = ''
  await until(() => {
    const file = readdirSync(folder).find((each) => each.endsWith(`_${pid}.ports`))
    text = file === undefined ? '' : readFileSync(join(folder, file), 'utf8')
    return /nats:\/\/[\d.:]+/.test(text)
  })
  return /nats:\/\/[\d.:]+/.exec(text)[0]
}
