// @floodnet/transport: what a program imports.
export { ERROR_CODES, type ErrorCode, FloodnetError, LIMITS } from '@floodnet/core'
export type {
  FloodnetErrorLike,
  Logger,
  Message,
  Network,
  NetworkEvent,
  NetworkEvents,
  NetworkLimits,
  NetworkOptions,
  NetworkStats,
  OneTimeOrigin,
  Peer,
  Receipt,
  WriteOptions
} from './api.ts'
export { prometheusText, serveMetrics } from './metrics.ts'
export { createNetwork } from './network.ts'
export { newOneTimeOrigin } from './one-time-origin.ts'
export { readOptionFile } from './option-file.ts'
