// The flags of `floodnet sim`: arguments in, validated settings out.
import { optionError } from '@floodnet/core'
import type { SIM_FLAGS } from '../flags.ts'
import type { ValuesOf } from '../line/flag.ts'

export interface SimSettings {
  /** Null: the default of the run or the table. */
  readonly nodes: number | null
  /** Newcomers at a time, once a second; null: the run's default. */
  readonly batch: number | null
  readonly seed: number
  /** Shares from 0 to 1. */
  readonly fail: number
  readonly nat: number
  readonly loss: number
  readonly cut: number
  readonly slow: number
  readonly vanish: boolean
  readonly check: boolean
  /** Busy authors; null: none, and the following flags have no effect. */
  readonly speakers: number | null
  /** Packets that each writes a second. */
  readonly rate: number
  /** To a tenth of a second. */
  readonly warm: number
  readonly seconds: number
  /** Null: the default of a node. */
  readonly parents: number | null
  readonly withhold: number
  readonly hostility: string
  readonly uplink: number
  readonly uplinkLoad: number
  readonly churn: number
  readonly svg: string | null
  readonly json: boolean
  readonly experiments: boolean
  readonly only: string
  readonly seeds: number | null
  readonly cycles: number | null
  readonly messages: number | null
  readonly quick: boolean
  /** Processes at a time. */
  readonly jobs: number
  /** The file of outcomes, and whether to print its content and run nothing. */
  readonly results: string | null
  readonly report: boolean
  /** Prints outcomes, one a line, and no table. */
  readonly outcomes: boolean
}

/** A guess: ten times what fits into the memory of a large machine. */
const MAX_NODES = 1_000_000
const MAX_SEED = 2 ** 32 - 1

/** Flags that have no effect without --experiments. */
const TABLE_FLAGS = ['only', 'seeds', 'cycles', 'messages', 'quick', 'jobs', 'results', 'report', 'outcomes'] as const

/** Flags that have no effect without --speakers. */
const STREAM_FLAGS = [
  'rate',
  'warm',
  'seconds',
  'parents',
  'withhold',
  'hostility',
  'uplink',
  'uplink-load',
  'churn'
] as const
/** The most that a packet's number in the simulator has room for. */
const MAX_SPEAKERS = 32_767
const MAX_RATE = 1_000
const MAX_SECONDS = 3_600
/** What hostile nodes do; the first is the default. */
const HOSTILITIES = ['withhold', 'high', 'low', 'starve', 'half', 'prune', 'graft']

type Values = ValuesOf<typeof SIM_FLAGS>

/** @throws ERR_FLOODNET_OPTION naming the flag. */
export function simSettingsOf(values: Values): SimSettings {
  const {
    vanish = false,
    check = false,
    svg = null,
    json = false,
    experiments = false,
    only = '',
    quick = false,
    results = null,
    report = false,
    outcomes = false
  } = values
  if (!experiments) refuseFlags(values, TABLE_FLAGS, '--experiments')
  if (values.speakers === undefined) refuseFlags(values, STREAM_FLAGS, '--speakers')
  return {
    nodes: whole('--nodes', values.nodes, 1, MAX_NODES),
    batch: whole('--batch', values.batch, 1, MAX_NODES),
    seed: whole('--seed', values.seed, 0, MAX_SEED) ?? 1,
    fail: share('--fail', values.fail),
    nat: share('--nat', values.nat),
    loss: share('--loss', values.loss),
    cut: share('--cut', values.cut),
    slow: share('--slow', values.slow),
    seeds: whole('--seeds', values.seeds, 1, 10_000),
    cycles: whole('--cycles', values.cycles, 1, 100_000),
    messages: whole('--messages', values.messages, 1, 1_000_000),
    jobs: whole('--jobs', values.jobs, 1, 1_024) ?? 1,
    ...streamSettingsOf(values),
    ...{ vanish, check, svg, json, experiments, only, quick, results, report, outcomes }
  }
}

function streamSettingsOf(values: Values) {
  return {
    speakers: whole('--speakers', values.speakers, 1, MAX_SPEAKERS),
    rate: whole('--rate', values.rate, 1, MAX_RATE) ?? 2,
    warm: seconds('--warm', values.warm, 10),
    seconds: whole('--seconds', values.seconds, 1, MAX_SECONDS) ?? 10,
    parents: whole('--parents', values.parents, 0, 2),
    withhold: share('--withhold', values.withhold),
    hostility: oneOf('--hostility', values.hostility, HOSTILITIES),
    uplink: share('--uplink', values.uplink),
    uplinkLoad: factor('--uplink-load', values['uplink-load']),
    churn: whole('--churn', values.churn, 0, MAX_NODES) ?? 0
  }
}

function refuseFlags(values: Values, flags: readonly (keyof Values)[], owner: string): void {
  for (const flag of flags) {
    if (values[flag] !== undefined) throw optionError(`--${flag}`, `--${flag} belongs to ${owner}`)
  }
}

function oneOf(flag: string, text: string | undefined, names: readonly string[]): string {
  if (text === undefined) return names[0] ?? ''
  if (names.includes(text)) return text
  throw optionError(flag, `${flag} is one of ${names.join(', ')}, not '${text}'`)
}

/** How many times an uplink can carry all packets. */
function factor(flag: string, text: string | undefined): number {
  if (text === undefined) return 2
  const value = /^[0-9]{1,3}(\.[0-9]+)?$/.test(text) ? Number(text) : 0
  if (value > 0) return value
  throw optionError(flag, `${flag} takes a number above 0, not '${text}'`)
}

function whole(flag: string, text: string | undefined, min: number, max: number): number | null {
  if (text === undefined) return null
  const value = /^[0-9]{1,10}$/.test(text) ? Number(text) : -1
  if (value >= min && value <= max) return value
  throw optionError(flag, `${flag} takes a whole number from ${min} to ${max}, not '${text}'`)
}

/** To a tenth of a second. */
function seconds(flag: string, text: string | undefined, usual: number): number {
  if (text === undefined) return usual
  const value = /^[0-9]{1,4}(\.[0-9])?$/.test(text) ? Number(text) : -1
  if (value >= 0 && value <= MAX_SECONDS) return value
  throw optionError(flag, `${flag} takes seconds from 0 to ${MAX_SECONDS}, to a tenth, not '${text}'`)
}

/** A percentage below 100, as a share. */
function share(flag: string, text: string | undefined): number {
  if (text === undefined) return 0
  const value = /^[0-9]{1,2}(\.[0-9]+)?$/.test(text) ? Number(text) : -1
  if (value >= 0) return value / 100
  throw optionError(flag, `${flag} takes a percentage from 0 to below 100, not '${text}'`)
}
