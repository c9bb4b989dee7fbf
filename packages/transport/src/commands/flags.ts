// Every flag of every command: what parses them, explains them, completes them and reads them from the environment goes
// by these tables. They are a contract: scripts use them.
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
    help: `join the network that the node at ADDR belongs to; a ticket, a name in DNS that lists nodes (dns:NAME), or - to read one of
    these from the input; may be given several times`
  },
  'no-lan': { type: 'boolean', help: 'neither look for others on the local networks nor be found there' },
  advertise: {
    type: 'string',
    value: 'ADDR',
    help: 'the address at which others can dial this node, behind a port mapping'
  },
  name: {
    type: 'string',
    value: 'NET',
    help: 'name of the network; nodes of other networks are refused (default: floodnet)'
  },
  identity: {
    type: 'string',
    value: 'FILE',
    help: "keep this node's key in FILE, made when absent (default: a new key each time)"
  },
  key: { type: 'string', value: 'FILE', help: 'shared secret of a private network: every byte of FILE, at least 16' },
  ca: {
    type: 'string',
    value: 'FILE',
    help: 'take only nodes with a certificate from this authority (PEM); needs --cert'
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
    help: 'proof of work that each packet shows, as all nodes of the network ask (default: none)'
  },
  metrics: {
    type: 'string',
    value: 'ADDR',
    help: 'show counters for Prometheus at http://ADDR/metrics, and /healthz and /readyz'
  },
  security: {
    type: 'string',
    value: 'none',
    choices: ['tls', 'none'],
    help: 'no encryption and no signatures; on loopback addresses only'
  },
  'allow-insecure': { type: 'boolean', help: 'allow --security none on other addresses too' },
  log: {
    type: 'string',
    value: 'FILE',
    help: 'append what the network does to FILE, with the time, instead of standard error; SIGHUP opens it anew'
  },
  timestamps: { type: 'boolean', help: 'begin each line on standard error with the time' },
  config: { type: 'string', value: 'FILE', help: 'flags that are not given, as lines such as: listen = :55555' },
  json: { type: 'boolean', help: 'one JSON object a line on stdout, events included' },
  help: { type: 'boolean', short: 'h', help: '' },
  version: { type: 'boolean', help: '' }
} as const satisfies Flags

export const NODE_FLAGS = NETWORK_FLAGS

export const PUB_FLAGS = {
  file: { type: 'string', value: 'FILE', help: 'send all of FILE as one message; - is the input' },
  whole: { type: 'boolean', help: 'send all of the input as one message' },
  timeout: {
    type: 'string',
    value: 'MS',
    help: 'give up after MS milliseconds (exit code 1), saying what was not sent (default: never)'
  },
  ...NETWORK_FLAGS
} as const satisfies Flags

export const SUB_FLAGS = {
  count: { type: 'string', value: 'N', help: 'end after N messages (default: never)' },
  from: {
    type: 'string',
    multiple: true,
    value: 'ORIGIN',
    help: 'only messages of this author: its id, or the first 8 digits of it or more; may be given several times'
  },
  raw: { type: 'boolean', help: 'the bytes of the messages and nothing else: no line feeds, nothing made visible' },
  format: {
    type: 'string',
    value: 'TEXT',
    help: `print each message as TEXT with %p payload, %x payload in hex, %b in base64, %l its bytes, %o author, %i incarnation,
    %s packet number, %n place in the packet, %h hops, %t time of arrival, %%; \\n, \\t, \\0`
  },
  ...NETWORK_FLAGS
} as const satisfies Flags

export const TOP_FLAGS = {
  interval: { type: 'string', value: 'MS', help: 'time between two looks (default: 1000)' },
  json: { type: 'boolean', help: 'look once, and print one JSON object' },
  config: NETWORK_FLAGS.config,
  help: { type: 'boolean', short: 'h', help: '' },
  version: { type: 'boolean', help: '' }
} as const satisfies Flags

export const SIM_FLAGS = {
  nodes: {
    type: 'string',
    value: 'N',
    help: "how many nodes join, through one entry (default: 1000; the table's: 10000)"
  },
  batch: { type: 'string', value: 'N', help: 'so many join each second; not with --experiments (default: 100)' },
  seed: { type: 'string', value: 'S', help: "where the run's randomness starts (default: 1)" },
  fail: { type: 'string', value: 'PERCENT', help: 'let so many of them fail at once, then heal (default: 0)' },
  vanish: { type: 'boolean', help: 'those that fail take their machines with them, so that nobody hears of it' },
  nat: { type: 'string', value: 'PERCENT', help: 'so many nodes cannot be dialled (default: 0)' },
  loss: { type: 'string', value: 'PERCENT', help: 'so many packets come late, as TCP repeats them (default: 0)' },
  cut: { type: 'string', value: 'PERCENT', help: 'so many links break each second (default: 0)' },
  slow: { type: 'string', value: 'PERCENT', help: 'so many nodes take 100 ms over each packet (default: 0)' },
  check: { type: 'boolean', help: 'hold every step of every node to the invariants' },
  speakers: {
    type: 'string',
    value: 'N',
    help: 'N busy authors speak, and what each packet costs is measured; what fails does so meanwhile'
  },
  rate: { type: 'string', value: 'R', help: 'packets a second of each of them (default: 2)' },
  seconds: { type: 'string', value: 'S', help: 'how long it is measured (default: 10)' },
  parents: { type: 'string', value: 'K', help: "links that push an author's packets to a node; 0: flood (default: 1)" },
  withhold: { type: 'string', value: 'PERCENT', help: 'so many nodes are hostile (default: 0)' },
  hostility: {
    type: 'string',
    value: 'NAME',
    help: 'what they do: withhold (the default), high, low, starve, half, prune, graft'
  },
  uplink: { type: 'string', value: 'PERCENT', help: 'so many nodes have a narrow uplink (default: 0)' },
  'uplink-load': { type: 'string', value: 'X', help: 'it carries X times all packets (default: 2)' },
  churn: { type: 'string', value: 'N', help: 'so many are killed each 10 s, and as many join (default: 0)' },
  svg: { type: 'string', value: 'FILE', help: 'draw the degrees and the reach over time' },
  json: { type: 'boolean', help: 'one JSON object a line on stdout' },
  experiments: {
    type: 'boolean',
    help: 'run the experiments of docs/SIMULATION.md beside the published figures'
  },
  only: { type: 'string', value: 'TEXT,...', help: 'of these, those whose name contains one of the TEXTs' },
  seeds: { type: 'string', value: 'K', help: 'how many seeds each, counting from --seed (default: 10)' },
  cycles: { type: 'string', value: 'N', help: 'cycles of 10 s of churn (default: 100)' },
  messages: { type: 'string', value: 'N', help: 'messages after a failure (default: 1000)' },
  quick: { type: 'boolean', help: 'a first look: 500 nodes, 3 seeds' },
  jobs: { type: 'string', value: 'N', help: 'so many processes at a time, each with seeds of its own (default: 1)' },
  results: {
    type: 'string',
    value: 'FILE',
    help: 'keep what each experiment gave, one JSON object a line, and run only what is not there yet'
  },
  report: { type: 'boolean', help: 'print the table of what is in FILE so far, and run nothing' },
  outcomes: { type: 'boolean', help: 'print what each experiment gave as JSON, and no table' },
  config: NETWORK_FLAGS.config,
  help: { type: 'boolean', short: 'h', help: '' },
  version: { type: 'boolean', help: '' }
} as const satisfies Flags

export const TICKET_FLAGS = {
  identity: { type: 'string', value: 'FILE', help: 'the key of the node that the ticket leads to' },
  listen: { type: 'string', value: 'ADDR', help: 'where that node listens (default: port 55555 on all interfaces)' },
  advertise: { type: 'string', value: 'ADDR', help: 'where others can dial it, behind a port mapping' },
  name: NETWORK_FLAGS.name,
  key: {
    type: 'string',
    value: 'FILE',
    help: 'put the shared secret in FILE into the ticket, which is then as secret as that'
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

/** Names of the flags of all commands. */
export const ALL_FLAGS: readonly string[] = [
  ...new Set(Object.values<Flags>(COMMAND_FLAGS).flatMap((flags) => Object.keys(flags)))
]
