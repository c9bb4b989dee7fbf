// Writes docs/LIMITS.md from the sources, so that no default stands there that is not the code's.
//   node scripts/limits-doc.mjs           writes it (needs the built core)
//   node scripts/limits-doc.mjs --check   exits with 1 when it would change
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { joinDefaults, LIMITS, treeDefaults } from '@floodnet/core'
import { ofPrograms } from './limits-of-programs.mjs'

const path = 'docs/LIMITS.md'
const topLevel = ['desiredLinks', 'maxLinks', 'walkHops', 'inboxLimit', 'workers', 'workBits']
const units = {
  BytesPerSecond: 'bytes/s',
  PacketsPerSecond: 'packets/s',
  MessagesPerSecond: 'messages/s',
  OriginsPerSecond: 'authors/s',
  Origins: 'keys',
  Bits: 'bits',
  Bytes: 'bytes',
  Ms: 'ms',
  Hops: 'hops',
  Links: 'links',
  Limit: 'messages',
  workers: 'threads'
}
// What the node sets for the join actor from its own limits.
const shared = ['entries', 'pinned', 'remembered', 'desiredLinks', 'maxLinks', 'walkHops', 'retryMinMs', 'retryMaxMs']

// Found by name, so that they may move from file to file.
const constants = {
  'Frames and packets': `MAX_PACKET_BODY_BYTES MAX_BATCH_BODY_BYTES DEFAULT_MAX_FRAME_BYTES MAX_ANY_FRAME_BYTES MAX_CONTROL_FRAME_BYTES
    MAX_TEXT_BYTES MAX_BATCH_MESSAGES REASSEMBLY_TIMEOUT_MS MAX_PARTIALS RENEW_AFTER_MS`,
  'The flood': `MIN_WINDOW_PACKETS PAGE_PACKETS SOCKET_BYTES FASTEST_PACKETS_PER_MS MOST_PACKETS WINDOW_SHARE_BYTES WINDOW_LOTS ORIGIN_IDLE_MS EVICTION_SCAN PROBATION_S KNOWN_SHARE FORGOTTEN_SHARE NEW_AUTHOR_LINKS NEW_AUTHOR_BURST_S MAX_SOURCES_KEPT QUIET_EVERY_MS QUIET_BURST_MS QUIET_DEBT RETURN_SHARE GENERATION_MS
    FORGOTTEN_KEYS_SHARE MAX_HOPS
    MAX_INCARNATION_AHEAD_S STEP_BACK_MS STEP_SLACK_S INCARNATION_TRUST_S MAX_DROPPED_LOTS ONE_TIME_SKEW_S LOT_S LOT_SHARE MAX_STEMS MAX_STEM_BYTES STEM_SOURCE_SHARE MAX_RETURNS EPOCH_MS MAX_OWN_KEYS TIME_BLUR_S RENEW_AFTER_S`,
  'Trees of busy authors': `MAX_TREE_LINKS BUSY_PACKETS BUSY_BYTES BUSY_WITHIN_S MAX_GRAFT_RANGES MAX_GRAFT_PACKETS MAX_ANNOUNCED_AUTHORS
    MAX_HEARD_OF_LINK MAX_REFUSED MAX_HOLE_PACKETS SIGHTING_MS MAX_SIGHTINGS OPENING_MS SLACK_FACTOR SLACK_MEMORY_MS SAME_LATENESS_MS`,
  Connections: `MAX_CLEAR_HANDSHAKE_BYTES MAX_SEALED_HANDSHAKE_BYTES CHAIN_SHARE MAX_LOOK_MS SOURCE_HANDSHAKE_BURST SOURCE_HANDSHAKES_PER_SECOND
    HANDSHAKE_BURST HANDSHAKES_PER_SECOND MAX_SOURCES
    GUEST_CONTROL_BURST GUEST_CONTROL_PER_SECOND PROBE_BURST PROBES_PER_SECOND MAX_VERIFIED GUEST_LINGER_MS MAX_CLOSING_GUESTS CARRIED_SHARE`,
  'Threads and links': `SLAB_BYTES SLAB_COUNT READ_BYTES MAX_FREE_BYTES MAX_UNSIGNED_BYTES SHORT_RUN_BYTES MAX_SHORT_RUNS TURN_MS MIN_WINDOW_BYTES MAX_WINDOW_BYTES LOCAL_SHARE MAX_STALLS PATIENCE_BACK_MS MAX_LAGS SHARED_STALLS SHARED_STALLS_PER_SECOND MAX_CONTROL_BYTES CONTROL_BURST MAX_SUPPRESSED_TOLD SUPPRESSED_PERIOD_MS
    CONTROL_PER_SECOND LINGER_MS CLOSE_FLUSH_MS ANSWER_TIMEOUT_MS RESTART_MIN_MS RESTART_MAX_MS RESTART_FORGIVEN_MS DEFAULT_PORT
    PORT_TRIES IDENTITY_WAIT_MS`
}
const allSources = readdirSync('packages', { recursive: true })
  .map((file) => `packages/${file}`.replaceAll('\\', '/'))
  .filter((file) => /^packages\/\w+\/src\/.*\.ts$/.test(file))
  .sort()
  .map((file) => ({ file, text: readFileSync(file, 'utf8') }))
/** Those in which a name stands for one constant. */
const sources = allSources.filter(({ file }) => /^packages\/(core|transport)\//.test(file))

const wanted = limitsDocument()
if (!process.argv.includes('--check')) writeFileSync(path, wanted)
else if (readFileSync(path, 'utf8') !== wanted) {
  console.error(`${path} is not what the sources say; run: npm run docs`)
  process.exitCode = 1
}

function limitsDocument() {
  const nested = Object.keys(LIMITS).filter((name) => !topLevel.includes(name))
  return [
    '# Limits',
    '<!-- Written by scripts/limits-doc.mjs from the sources: edit those, then `npm run docs`. -->',
    'Everything that could grow has a bound, and every bound names its source; "guess" means that there is only an estimate',
    'behind it. `createNetwork` refuses a value outside its bounds with `ERR_FLOODNET_OPTION`, whose `subject` is the option.',
    '## Options of `createNetwork`',
    limitTable(topLevel),
    '## Options under `limits`',
    'As in `createNetwork({ limits: { pingMs: 2_000 } })`.',
    limitTable(nested),
    'Four pairs must be in order: `desiredLinks` <= `maxLinks`, `retryMinMs` <= `retryMaxMs`, `pingMs` <= `deadMs`, `maxMessageBytes` <= `reassemblyBytes`.',
    '`holdBytes` counts in whole slabs of 1 MiB, at least one and at most three. When they are full, `write` waits for the first neighbour. The node checks `inboxLimit` and `inboxBytes` before',
    'each packet, so the messages of one packet may exceed them.',
    '## The join protocol',
    'Fixed; `docs/PROTOCOL.md` explains how they are used. The options above that the join protocol shares are left out.',
    joinTable(),
    '## The trees of busy authors',
    'Fixed; `docs/PROTOCOL.md` (Trees) explains how they are used.',
    treeTable(),
    '## Fixed sizes and times',
    ...Object.entries(constants).flatMap(([title, rows]) => [`### ${title}`, constantTable(rows)]),
    '## Limits of the programs',
    '`floodchat` and `floodnet bridge` have these limits of their own.',
    ...Object.entries(ofPrograms).flatMap(([title, files]) => [`### ${title}`, programTable(files)]),
    '### The relay of a bridge',
    relayTable(),
    '### A bridge over NATS',
    natsTable(),
    '### Rates of a room',
    '`floodchat` sets these options, so that nobody can drown the others.',
    ratesTable()
  ].reduce(joinBlocks)
}

// Lines of one paragraph follow each other; everything else is set off by an empty line.
function joinBlocks(text, block) {
  const isProse = (part) => /^[A-Za-z0-9`"]/.test(part)
  const last = text.trimEnd().split('\n').at(-1)
  return `${text.trimEnd()}\n${isProse(last) && isProse(block) ? '' : '\n'}${block}\n`
}

function limitTable(names) {
  const rows = names.map((name) => {
    const { value, min, max, source } = LIMITS[name]
    return [code(name), number(value), unitOf(name), `${number(min)} to ${number(max)}`, descriptionOf(name), source]
  })
  return table(['option', 'default', 'unit', 'bounds', 'meaning', 'source of the default'], rows)
}

function joinTable() {
  const text = readFileSync('packages/core/src/join/options.ts', 'utf8')
  const rows = Object.entries(joinDefaults).filter(([name]) => !shared.includes(name))
  return table(
    ['name', 'value', 'meaning', 'source'],
    rows.map(([name, value]) => [
      code(name),
      name === 'dialTimeoutMs' ? 'twice the option `dialTimeoutMs`' : number(value),
      joinMeaning(text, name),
      joinSource(text, name)
    ])
  )
}

function treeTable() {
  const text = readFileSync('packages/core/src/tree/options.ts', 'utf8')
  const defaults = text.slice(text.indexOf('treeDefaults: TreeOptions = {'))
  return table(
    ['name', 'value', 'meaning', 'source'],
    Object.entries(treeDefaults).map(([name, value]) => [
      code(name),
      number(value),
      docBefore(text, new RegExp(`^  readonly ${name}: `, 'm')),
      commentBefore(defaults, new RegExp(`^  ${name}: `, 'm'))
    ])
  )
}

// `joinRate` and `joinBurst` share one comment, above the first of them.
function joinMeaning(text, name) {
  if (name === 'dialTimeoutMs') return "The actor's own deadline for a dial; it only matters if a thread never answers."
  return docBefore(text, new RegExp(`^  ${name === 'joinBurst' ? 'joinRate' : name}: `, 'm'))
}

function joinSource(text, name) {
  if (name === 'dialTimeoutMs') return 'node.ts: the worker decides first.'
  const defaults = text.slice(text.indexOf('joinDefaults = {'))
  return commentBefore(defaults, new RegExp(`^  ${name === 'joinBurst' ? 'joinRate' : name}: `, 'm'))
}

function constantTable(names) {
  const rows = names.split(/\s+/).map((name) => {
    const { file, text } = sourceOf(name)
    return [code(name), number(constantIn(text, name)), whyOf(text, name), code(file)]
  })
  return table(['constant', 'value', 'why', 'where'], rows)
}

function programTable(files) {
  const rows = Object.entries(files).flatMap(([below, names]) => {
    const file = `packages/${below}`
    const text = readFileSync(file, 'utf8')
    return names.split(/\s+/).map((name) => [code(name), number(constantIn(text, name)), whyOf(text, name), code(file)])
  })
  return table(['constant', 'value', 'why', 'where'], rows)
}

function relayTable() {
  const text = readFileSync('packages/bridge/src/relay/options.ts', 'utf8')
  const defaults = text.slice(text.indexOf('RELAY_DEFAULTS'))
  const meaningOf = (name) => docBefore(text, new RegExp(`^ {2}readonly ${name}: `, 'm'))
  const rows = [...defaults.matchAll(/^ {2}(\w+): ([0-9_ *]+),?$/gm)].map(([, name, value], n, all) => [
    code(name),
    number(amountOf(text, value)),
    // Two that belong together share one comment, above the first.
    meaningOf(name) || meaningOf(all[n - 1][1])
  ])
  return table(['name', 'value', 'meaning'], rows)
}

function natsTable() {
  const file = 'packages/bridge/src/nats/options.ts'
  const text = readFileSync(file, 'utf8')
  const defaults = text.slice(text.indexOf('NATS_DEFAULTS: '))
  const rows = [...defaults.matchAll(/^ {2}(\w+): ([0-9_]+),?$/gm)].map(([, name, value]) => {
    const own = new RegExp(`^ {2}${name}: `, 'm')
    const meaning = docBefore(text, new RegExp(`^ {2}readonly ${name}: `, 'm'))
    return [
      code(name),
      number(amountOf(text, value)),
      meaning || 'For a stream that the bridge creates.',
      commentBefore(defaults, own) || docBefore(defaults, own)
    ]
  })
  return table(['name', 'value', 'meaning', 'source'], rows)
}

function ratesTable() {
  const text = readFileSync('packages/chat/src/rates.ts', 'utf8')
  const rows = [...text.matchAll(/^ {2}(\w+): ([0-9_ *]+),?$/gm)].map(([, name, value]) => [
    code(name),
    number(amountOf(text, value)),
    unitOf(name)
  ])
  return table(['option', 'value', 'unit'], rows)
}

function sourceOf(name, among = sources) {
  const found = among.filter(({ text }) => new RegExp(`^(?:export )?const ${name} = `, 'm').test(text))
  if (found.length !== 1) throw new Error(`${found.length} sources define ${name}`)
  return found[0]
}

function constantIn(text, name) {
  const value = new RegExp(`^(?:export )?const ${name} = ([0-9a-zA-Z_ */.-]+)$`, 'm').exec(text)?.[1]
  if (value === undefined) throw new Error(`${name} is no plain number`)
  const found = amountOf(text, value)
  if (!Number.isFinite(found)) throw new Error(`${name} is ${value}`)
  return found
}

/** Of a difference of products of powers, of numbers and of constants. */
function amountOf(text, expression) {
  const [first, ...others] = expression.split(' - ').map((product) =>
    product
      .split(/ \* /)
      .map((power) => power.split(' ** ').map((atom) => atomOf(text, atom.trim())))
      .reduce((sofar, [base, exponent = 1]) => sofar * base ** exponent, 1)
  )
  return others.reduce((sofar, other) => sofar - other, first)
}

/** A constant is one of the same file, or else of the one source that defines it. */
function atomOf(text, atom) {
  if (!/^[A-Z]/.test(atom)) return Number(atom.replaceAll('_', ''))
  const isHere = new RegExp(`^(?:export )?const ${atom} = `, 'm').test(text)
  return constantIn(isHere ? text : sourceOf(atom, allSources).text, atom)
}

// A constant without words of its own belongs to the one right above it.
function whyOf(text, name) {
  const definition = new RegExp(`^(?:export )?const ${name} = `, 'm')
  const above = /^(?:export )?const ([A-Z_]+) = .*\n$/m.exec(lastLine(text, definition.exec(text).index))
  return docBefore(text, definition) || (above === null ? remarkBefore(text, definition) : whyOf(text, above[1]))
}

function lastLine(text, end) {
  return text.slice(text.lastIndexOf('\n', end - 2) + 1, end)
}

function descriptionOf(name) {
  const text = ['api', 'network-limits']
    .map((name) => readFileSync(`packages/transport/src/${name}.ts`, 'utf8'))
    .join('\n')
  const own = docBefore(text, new RegExp(`^  ${name}\\??: `, 'm'))
  // retryMaxMs stands under the words about retryMinMs.
  const words = own || docBefore(text, new RegExp(`^  ${name.replace('Max', 'Min')}\\??: `, 'm'))
  return words.replace(/ ?Defaults? [^.]*\.(?= |$)/, '').trim()
}

/** The doc comment that ends right before the match, on one line; '' when there is none. */
function docBefore(text, pattern) {
  const at = pattern.exec(text)?.index
  if (at === undefined) return ''
  const comment = /\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s*$/.exec(text.slice(0, at))?.[1]
  return comment === undefined ? '' : oneLine(comment.replace(/^\s*\* ?/gm, ''))
}

function commentBefore(text, pattern) {
  const above = text.slice(0, pattern.exec(text).index)
  return oneLine(/((?:^ *\/\/.*\n)+)$/m.exec(above)?.[1].replace(/^ *\/\/ ?/gm, '') ?? '')
}

/** The line comment that ends right before the match; '' when there is none. */
function remarkBefore(text, pattern) {
  const lines = text.slice(0, pattern.exec(text).index).split('\n').slice(0, -1)
  const first = lines.findLastIndex((line) => !line.startsWith('//')) + 1
  return oneLine(
    lines
      .slice(first)
      .map((line) => line.slice(2))
      .join(' ')
  )
}

function oneLine(text) {
  return text.replace(/\s+/g, ' ').replaceAll('|', '\\|').trim()
}

function unitOf(name) {
  const unit = Object.keys(units).find((ending) => name.endsWith(ending))
  return unit === undefined ? 'count' : units[unit]
}

function number(value) {
  return value.toLocaleString('en-US')
}

function code(text) {
  return `\`${text}\``
}

function table(head, rows) {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}
