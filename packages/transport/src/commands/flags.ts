// Every flag of every command. Parsing, help, completion and environment variables all use these tables. They are a
// contract: scripts use them.
import type { Flag, Flags } from './line/flag.ts'

const LISTEN: Flag = {
  type: 'string',
  value: 'ADDR',
  help: `accept links at ADDR, host:port or :port; port 0 lets the system choose (default: port 55555 on all interfaces,
    or the next free port)`
}

const NETWORK_FLAGS = {
  listen: LISTEN,
  join: {
    type: 'string',
    multiple: true,
    value: 'ADDR',
    help: `join the network of the node at ADDR; ADDR may also be a ticket, dns:NAME for nodes listed in DNS, or - to
    read it from standard input; may be repeated`
  },
  'no-lan': { type: 'boolean', help: 'do not discover nodes on the local network, and do not announce this one' },
  advertise: {
    type: 'string',
    value: 'ADDR',
    help: 'the address that others can dial to reach this node, for example through a port mapping'
  },
  'map-port': {
    type: 'boolean',
    help: 'ask the router for a port that leads to this node (NAT-PMP or UPnP), until it exits'
  },
  name: {
    type: 'string',
    value: 'NET',
    help: 'name of the network; nodes of other networks are refused (default: floodnet)'
  },
  identity: {
    type: 'string',
    value: 'FILE',
    help: "keep this node's key in FILE, which is created if missing (default: a new key each time)"
  },
  key: { type: 'string', value: 'FILE', help: 'shared secret of a private network: all bytes of FILE, at least 16' },
  ca: {
    type: 'string',
    value: 'FILE',
    help: 'accept only nodes with a certificate from this authority (PEM); requires --cert'
  },
  cert: {
    type: 'string',
    value: 'FILE',
    help: "this node's certificate (PEM) from that authority, for the key in --identity"
  },
  workers: { type: 'string', value: 'N', help: 'I/O threads (default: 1)' },
  work: {
    type: 'string',
    value: 'BITS',
    help: 'proof of work that every packet must carry; the same on all nodes (default: none)'
  },
  metrics: {
    type: 'string',
    value: 'ADDR',
    help: 'serve Prometheus metrics at http://ADDR/metrics, and /healthz and /readyz'
  },
  dashboard: {
    type: 'string',
    value: 'ADDR',
    help: 'show what the node does as a page at http://ADDR/; on an address of this machine, or with --dashboard-token'
  },
  'dashboard-token': {
    type: 'string',
    value: 'FILE',
    help: 'show it to those only who have the token in FILE, such as openssl rand -hex 24 prints'
  },
  security: {
    type: 'string',
    value: 'none',
    choices: ['tls', 'none'],
    help: 'turn off encryption and signatures; only allowed on loopback addresses'
  },
  'allow-insecure': { type: 'boolean', help: 'allow --security none on any address' },
  log: {
    type: 'string',
    value: 'FILE',
    help: 'append log lines with timestamps to FILE instead of standard error; SIGHUP reopens it'
  },
  timestamps: { type: 'boolean', help: 'start each line on standard error with a timestamp' },
  config: {
    type: 'string',
    value: 'FILE',
    help: 'read flags that you do not give from FILE, with lines such as: listen = :55555'
  },
  json: { type: 'boolean', help: 'print one JSON object per line on standard output, including events' },
  help: { type: 'boolean', short: 'h', help: '' },
  version: { type: 'boolean', help: '' }
} as const satisfies Flags

export const NODE_FLAGS = NETWORK_FLAGS

export const PUB_FLAGS = {
  file: { type: 'string', value: 'FILE', help: 'send FILE as one message; - means standard input' },
  whole: { type: 'boolean', help: 'send all of standard input as one message' },
  timeout: {
    type: 'string',
    value: 'MS',
    help: 'give up after MS milliseconds, report what was not sent, and exit with 1 (default: never)'
  },
  ...NETWORK_FLAGS
} as const satisfies Flags

export const SUB_FLAGS = {
  count: { type: 'string', value: 'N', help: 'exit after N messages (default: never)' },
  from: {
    type: 'string',
    multiple: true,
    value: 'ORIGIN',
    help: 'print only messages from this author: its id, or at least its first 8 digits; may be repeated'
  },
  raw: { type: 'boolean', help: 'print only the bytes of the messages: no line feeds, nothing escaped' },
  format: {
    type: 'string',
    value: 'TEXT',
    help: `print each message as TEXT, where %p is the payload, %x the payload in hex, %b in base64, %l its length in bytes,
    %o the author, %i the incarnation, %s the packet number, %n the place in the packet, %h the hops, %t the time of
    arrival; %%, \\n, \\t and \\0 work as usual`
  },
  ...NETWORK_FLAGS
} as const satisfies Flags

export const TOP_FLAGS = {
  interval: { type: 'string', value: 'MS', help: 'refresh every MS milliseconds (default: 1000)' },
  json: { type: 'boolean', help: 'print the figures once as a JSON object' },
  config: NETWORK_FLAGS.config,
  help: { type: 'boolean', short: 'h', help: '' },
  version: { type: 'boolean', help: '' }
} as const satisfies Flags

export const SIM_FLAGS = {
  nodes: {
    type: 'string',
    value: 'N',
    help: 'number of nodes, which all join through one (default: 1000; with --experiments: 10000)'
  },
  batch: { type: 'string', value: 'N', help: 'nodes that join each second; not with --experiments (default: 100)' },
  seed: { type: 'string', value: 'S', help: "seed of the run's randomness (default: 1)" },
  fail: {
    type: 'string',
    value: 'PERCENT',
    help: 'share of nodes that fail at once, before the rest heals (default: 0)'
  },
  vanish: { type: 'boolean', help: 'failing nodes vanish with their machines, so that no connection is closed' },
  nat: { type: 'string', value: 'PERCENT', help: 'share of nodes that cannot be dialled (default: 0)' },
  loss: {
    type: 'string',
    value: 'PERCENT',
    help: 'share of packets that arrive late because TCP repeats them (default: 0)'
  },
  cut: { type: 'string', value: 'PERCENT', help: 'share of links that break each second (default: 0)' },
  slow: { type: 'string', value: 'PERCENT', help: 'share of nodes that need 100 ms for each packet (default: 0)' },
  check: { type: 'boolean', help: 'check the invariants after every step of every node' },
  speakers: {
    type: 'string',
    value: 'N',
    help: 'measure N busy authors; failures happen while they speak'
  },
  rate: { type: 'string', value: 'R', help: 'packets per second of each speaker (default: 2)' },
  warm: {
    type: 'string',
    value: 'S',
    help: 'seconds of speech before nodes fail and the measurement begins (default: 10)'
  },
  seconds: { type: 'string', value: 'S', help: 'length of the measurement in seconds (default: 10)' },
  parents: {
    type: 'string',
    value: 'K',
    help: "links that push an author's packets to each node; 0 floods (default: 1)"
  },
  withhold: { type: 'string', value: 'PERCENT', help: 'share of hostile nodes (default: 0)' },
  hostility: {
    type: 'string',
    value: 'NAME',
    help: 'what hostile nodes do: withhold (the default), high, low, starve, half, prune, graft'
  },
  uplink: { type: 'string', value: 'PERCENT', help: 'share of nodes with a narrow uplink (default: 0)' },
  'uplink-load': {
    type: 'string',
    value: 'X',
    help: 'a narrow uplink carries X times the load of all packets (default: 2)'
  },
  churn: { type: 'string', value: 'N', help: 'nodes killed and joined every 10 s (default: 0)' },
  svg: { type: 'string', value: 'FILE', help: 'write a picture of the degrees and of the reach over time' },
  json: { type: 'boolean', help: 'print one JSON object per line on standard output' },
  experiments: {
    type: 'boolean',
    help: 'run the experiments of docs/SIMULATION.md and print them beside published figures'
  },
  only: { type: 'string', value: 'TEXT,...', help: 'run only experiments whose name contains one of the TEXTs' },
  seeds: { type: 'string', value: 'K', help: 'seeds per experiment, counting from --seed (default: 10)' },
  cycles: { type: 'string', value: 'N', help: 'churn cycles of 10 s (default: 100)' },
  messages: { type: 'string', value: 'N', help: 'messages after a failure (default: 1000)' },
  quick: { type: 'boolean', help: 'take a first look: 500 nodes, 3 seeds' },
  jobs: { type: 'string', value: 'N', help: 'processes at a time, each with its own seeds (default: 1)' },
  results: {
    type: 'string',
    value: 'FILE',
    help: 'append each result to FILE as a line of JSON, and skip what is already there'
  },
  report: { type: 'boolean', help: 'print the table from FILE and run nothing' },
  outcomes: { type: 'boolean', help: 'print the results as JSON instead of a table' },
  config: NETWORK_FLAGS.config,
  help: { type: 'boolean', short: 'h', help: '' },
  version: { type: 'boolean', help: '' }
} as const satisfies Flags

export const TICKET_FLAGS = {
  identity: { type: 'string', value: 'FILE', help: 'file with the key of the node that the ticket leads to' },
  listen: {
    type: 'string',
    value: 'ADDR',
    help: 'address that the node listens on (default: port 55555 on all interfaces)'
  },
  advertise: {
    type: 'string',
    value: 'ADDR',
    help: 'address that others can dial to reach it, for example through a port mapping'
  },
  name: NETWORK_FLAGS.name,
  key: {
    type: 'string',
    value: 'FILE',
    help: 'include the shared secret in FILE; the ticket is then just as secret'
  },
  config: NETWORK_FLAGS.config,
  help: { type: 'boolean', short: 'h', help: '' },
  version: { type: 'boolean', help: '' }
} as const satisfies Flags

export const NO_FLAGS = {
  help: { type: 'boolean', short: 'h', help: '' },
  version: { type: 'boolean', help: '' }
} as const satisfies Flags

export const COMMAND_FLAGS = {
  node: NODE_FLAGS,
  pub: PUB_FLAGS,
  sub: SUB_FLAGS,
  top: TOP_FLAGS,
  ticket: TICKET_FLAGS,
  sim: SIM_FLAGS,
  completion: NO_FLAGS
} as const satisfies Readonly<Record<string, Flags>>

export type Command = keyof typeof COMMAND_FLAGS

export const COMMANDS = Object.keys(COMMAND_FLAGS) as readonly Command[]

/**
 * Flags of programs of other packages, which read the same files. A test in each package checks its own table against
 * this one.
 */
export const PROGRAM_FLAGS = {
  'floodnet bridge': [
    'gob',
    'gob-listen',
    'gob-name',
    'gob-format',
    'gop2p',
    'gop2p-self',
    'gop2p-name',
    'nats',
    'subject',
    'stream',
    'since',
    'flood',
    'nats-creds',
    'join',
    'listen',
    'name',
    'identity',
    'key',
    'ca',
    'cert',
    'work',
    'metrics',
    'json',
    'config',
    'help',
    'version'
  ],
  floodchat: [
    'join',
    'listen',
    'no-lan',
    'map-port',
    'username',
    'name',
    'identity',
    'throwaway',
    'key',
    'ca',
    'cert',
    'work',
    'private',
    'metrics',
    'dashboard',
    'dashboard-token',
    'once',
    'commands',
    'no-commands',
    'tail',
    'transcript',
    'shown',
    'downloads',
    'log',
    'bell',
    'notify',
    'plain',
    'json',
    'config',
    'help',
    'version'
  ]
} as const

/** Names of the flags of all commands and programs, because one file may serve them all. */
export const ALL_FLAGS: readonly string[] = [
  ...new Set([
    ...Object.values<Flags>(COMMAND_FLAGS).flatMap((flags) => Object.keys(flags)),
    ...Object.values<readonly string[]>(PROGRAM_FLAGS).flat()
  ])
]
