// What kind of value each option takes, for programs without types. settings.ts and the limits judge its content.
import { optionError } from '@floodnet/core'
import type { Logger, NetworkOptions } from '../api.ts'
import { isAbortSignal } from './abort-signal.ts'

const LOGGER_METHODS = ['debug', 'info', 'warn', 'error'] as const satisfies readonly (keyof Logger)[]

/** @throws ERR_FLOODNET_OPTION naming the first option of the wrong kind. */
export function checkOptionShapes(options: NetworkOptions): void {
  if (!isObject(options)) throw optionError('options', 'options must be an object')
  const { limits, identity, ca, cert, allowInsecure, mapPort, signal, logger } = options
  if (limits !== undefined && !isObject(limits)) throw optionError('limits', 'option limits must be an object')
  for (const [name, value] of Object.entries({ identity, ca, cert })) {
    if (value !== undefined && (typeof value !== 'string' || value === ''))
      throw optionError(name, `option ${name} must be a text that is not empty`)
  }
  if (allowInsecure !== undefined && typeof allowInsecure !== 'boolean')
    throw optionError('allowInsecure', 'option allowInsecure must be true or false')
  if (mapPort !== undefined && typeof mapPort !== 'boolean')
    throw optionError('mapPort', 'option mapPort must be true or false')
  if (signal !== undefined && !isAbortSignal(signal))
    throw optionError('signal', 'option signal must be an AbortSignal')
  if (logger !== undefined && !isLogger(logger))
    throw optionError('logger', `option logger must have the methods ${LOGGER_METHODS.join(', ')}`)
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

function isLogger(value: unknown): value is Logger {
  return isObject(value) && LOGGER_METHODS.every((method) => typeof Reflect.get(value, method) === 'function')
}
