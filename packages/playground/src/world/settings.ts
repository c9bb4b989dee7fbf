// The settings of a run, and how they get into the address bar and back: everybody who opens the address sees the same
// run.

/** Settings of a run. The same settings, and actions at the same times, are the same run. */
export interface Settings {
  readonly nodes: number
  readonly seed: number
  /** Nodes that write without end, AUTHOR_RATE packets a second each. */
  readonly authors: number
  /** Percent of the nodes that pass nothing on. */
  readonly withhold: number
  /** Neighbours that push an author's packets to a node, in the network of trees. */
  readonly parents: number
}

/** What somebody does to the network. */
export type Action =
  | { readonly kind: 'kill'; readonly percent: number }
  | { readonly kind: 'cut' }
  | { readonly kind: 'heal' }
  | { readonly kind: 'write'; readonly node: number }

/** When it is done, in simulated ms since authors began to write: a multiple of ACTION_STEP_MS. */
export interface TimedAction {
  readonly atMs: number
  readonly action: Action
}

export interface SharedRun {
  readonly settings: Settings
  readonly actions: readonly TimedAction[]
}

export const AUTHOR_RATE = 1
/** The times that `floodnet sim --warm` takes. */
export const ACTION_STEP_MS = 100
/** By then authors are busy, and the trees stand. */
export const WARM_MS = 12_000

export const defaultSettings: Settings = { nodes: 300, seed: 1, authors: 10, withhold: 0, parents: 1 }

export const settingBounds: { readonly [name in keyof Settings]: readonly [least: number, most: number] } = {
  nodes: [50, 2_000],
  seed: [0, 2 ** 32 - 1],
  authors: [0, 50],
  withhold: [0, 40],
  parents: [1, 2]
}

/** A shared address may contain this many actions; we leave out the rest. */
const MAX_ACTIONS = 200

/** Whatever it gets, the returned settings are within their bounds. */
export function settingsOf(given: Partial<Record<keyof Settings, unknown>>): Settings {
  const names = Object.keys(defaultSettings) as (keyof Settings)[]
  const entries = names.map((name) => {
    const value = Math.round(Number(given[name] ?? Number.NaN))
    const [least, most] = settingBounds[name]
    return [name, Number.isFinite(value) ? Math.min(most, Math.max(least, value)) : defaultSettings[name]] as const
  })
  return Object.fromEntries(entries) as unknown as Settings
}

/** `nodes=300&seed=1&authors=10&withhold=0&parents=1&do=kill80@12.3,write17@14`. */
export function addressOf({ settings, actions }: SharedRun): string {
  const named = Object.entries(settings).map(([name, value]) => `${name}=${value}`)
  const done = actions.slice(0, MAX_ACTIONS).map(actionText)
  return [...named, ...(done.length > 0 ? [`do=${done.join(',')}`] : [])].join('&')
}

/** Strangers write addresses: we leave out what is impossible, and keep the rest within its bounds. */
export function sharedRunOf(address: string): SharedRun {
  const fields = new URLSearchParams(address.replace(/^#/, ''))
  const settings = settingsOf(Object.fromEntries([...fields].filter(([name]) => name in defaultSettings)))
  const actions = (fields.get('do') ?? '').split(',').slice(0, MAX_ACTIONS).flatMap(actionIn)
  return { settings, actions: actions.toSorted((a, b) => a.atMs - b.atMs) }
}

/** The command that prints the same figures after nodes were killed at this time. */
export function commandOf(settings: Settings, atMs: number, percent: number): string {
  const { nodes, seed, authors, withhold, parents } = settings
  const parts = [`floodnet sim --nodes ${nodes} --seed ${seed} --speakers ${authors} --rate ${AUTHOR_RATE}`]
  parts.push(`--parents ${parents}`)
  if (withhold > 0) parts.push(`--withhold ${withhold}`)
  parts.push(`--warm ${atMs / 1_000} --fail ${percent}`)
  return parts.join(' ')
}

function actionText({ atMs, action }: TimedAction): string {
  const number = action.kind === 'kill' ? action.percent : action.kind === 'write' ? action.node : ''
  return `${action.kind}${number}@${atMs / 1_000}`
}

function actionIn(text: string): TimedAction[] {
  const [, kind = '', number = '', seconds = ''] =
    /^(kill|cut|heal|write)(\d{0,4})@(\d{1,6}(?:\.\d)?)$/.exec(text) ?? []
  const atMs = Math.round(Number(seconds) * 1_000)
  if (kind === 'cut' || kind === 'heal') return [{ atMs, action: { kind } }]
  if (number === '') return []
  if (kind === 'write') return [{ atMs, action: { kind, node: Number(number) } }]
  const percent = Number(number)
  return kind === 'kill' && percent >= 1 && percent <= 99 ? [{ atMs, action: { kind, percent } }] : []
}
