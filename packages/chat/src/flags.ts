// Every flag of floodchat. Parsing, help and environment variables all use this table. The flags are a contract:
// scripts use them.
import type { Flags } from '@floodnet/transport'

export const FLAGS = {
  join: {
    type: 'string',
    multiple: true,
    value: 'ADDR',
    help: 'the same as ADDR, for a file or the environment; may be repeated'
  },
  listen: {
    type: 'string',
    value: 'ADDR',
    help: 'accept links at ADDR (default: port 55555, or the next free one)'
  },
  'no-lan': { type: 'boolean', help: 'do not discover nodes on the local network, and do not announce this one' },
  'map-port': {
    type: 'boolean',
    help: 'ask the router for a port that leads to this node (NAT-PMP or UPnP), until it exits'
  },
  username: { type: 'string', value: 'NAME', help: 'your name (default: anon- and the start of your id)' },
  name: { type: 'string', value: 'NET', help: 'name of the network (default: floodnet)' },
  identity: {
    type: 'string',
    value: 'FILE',
    help: `your key; your contacts are kept beside it (default: created in the state folder, $XDG_STATE_HOME/floodnet or
    ~/.local/state/floodnet)`
  },
  throwaway: { type: 'boolean', help: 'use a new key for this run, and keep nothing' },
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
  work: {
    type: 'string',
    value: 'BITS',
    help: 'proof of work that every packet must carry; the same on all nodes (default: none)'
  },
  private: {
    type: 'boolean',
    help: `hide from your neighbours that you wrote a message: it first travels along a chain of single links, and arrives
    later`
  },
  metrics: { type: 'string', value: 'ADDR', help: 'serve Prometheus metrics at http://ADDR/metrics' },
  dashboard: {
    type: 'string',
    value: 'ADDR',
    help: 'show what your node does as a page at http://ADDR/; on an address of this machine, or with --dashboard-token'
  },
  'dashboard-token': {
    type: 'string',
    value: 'FILE',
    help: 'show it to those only who have the token in FILE, such as openssl rand -hex 24 prints'
  },
  once: { type: 'string', value: 'TEXT', help: 'say TEXT (or @NAME TEXT), whatever it looks like, and leave' },
  commands: {
    type: 'boolean',
    help: 'obey commands in piped input, where every line is said otherwise (default with --json)'
  },
  'no-commands': { type: 'boolean', help: 'say every line, even with --json' },
  tail: { type: 'boolean', help: 'only show what others say, without telling anyone that you are there' },
  transcript: { type: 'string', value: 'DIR', help: 'keep what is said in DIR, one file per day' },
  shown: {
    type: 'string',
    value: 'N',
    help: `show at most N messages per second of each author; 0 shows all (default: 10 for people, all for programs)`
  },
  downloads: {
    type: 'string',
    value: 'DIR',
    help: `save files that you accept in DIR (default: floodchat in your downloads folder, or downloads in the state
    folder)`
  },
  log: {
    type: 'string',
    value: 'FILE',
    help: "log the network's events to FILE (default: floodchat.log in the state folder)"
  },
  bell: { type: 'boolean', help: 'ring the bell when someone mentions you and the window is not focused' },
  notify: { type: 'boolean', help: 'show a desktop notification then (OSC 9 or 777)' },
  plain: { type: 'boolean', help: 'print lines without escape codes, even on a terminal' },
  json: { type: 'boolean', help: 'print one JSON object per line on standard output' },
  config: {
    type: 'string',
    value: 'FILE',
    help: 'read flags that you do not give from FILE, with lines such as: username = alice'
  },
  help: { type: 'boolean', short: 'h', help: '' },
  version: { type: 'boolean', help: '' }
} as const satisfies Flags

/** Of each pair, at most one makes sense: a flag on the command line overrides its opposite from elsewhere. */
export const OPPOSITES = [
  ['identity', 'throwaway'],
  ['once', 'tail'],
  ['once', 'commands'],
  ['commands', 'no-commands']
] as const satisfies readonly (readonly [keyof typeof FLAGS, keyof typeof FLAGS])[]
