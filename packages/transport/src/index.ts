// @floodnet/transport: everything that a program imports.
export { ERROR_CODES, type ErrorCode, FloodnetError, LIMITS } from '@floodnet/core'
export type {
  Entry,
  EntryOutcome,
  FloodnetErrorLike,
  JoinOptions,
  Logger,
  Message,
  Network,
  NetworkEvent,
  NetworkEvents,
  NetworkLimits,
  NetworkOptions,
  NetworkStats,
  OneTimeOrigin,
  PacketLink,
  PacketSink,
  Peer,
  PeerStats,
  Receipt,
  WriteOptions
} from './api.ts'
export { ALL_FLAGS, PROGRAM_FLAGS } from './commands/flags.ts'
export { withDefaults } from './commands/line/defaults.ts'
export type { Flag, Flags, Option, Options, ValuesOf } from './commands/line/flag.ts'
export { flagLines } from './commands/line/help.ts'
export { type Parsed, parseCommandLine, type Words } from './commands/line/parse.ts'
export { type PageHost, type Pages, type PageValues, pagesOf, showPages } from './commands/pages.ts'
export { isHangupIgnored } from './commands/process/hangup.ts'
export { watchNpm } from './commands/process/leave-signal.ts'
export { type EntrySource, STDIN_ENTRY, withStdinEntry } from './commands/stdin-entry.ts'
export { type DashboardOptions, type DashboardServer, serveDashboard } from './dashboard/serve.ts'
export { DEFAULT_PORT, entryAddresses, entryNotice } from './finding/entries.ts'
export { reachableAddresses } from './finding/make-ticket.ts'
export { type LockResult, takeLock } from './identity/file-lock.ts'
export { createNetwork } from './network.ts'
export { readOptionFile } from './options/option-file.ts'
export { newOneTimeOrigin } from './outbound/one-time-origin.ts'
export * as hpke from './sealed/hpke.ts'
export { expositionOf, type Family, type Labels, labelled, type Sample, single } from './telemetry/exposition.ts'
export { type MetricsServer, prometheusText, serveMetrics } from './telemetry/metrics.ts'
