// The node's events in words, for the program's logger and for DEBUG=floodnet:*.
import type { Subscription } from 'rxjs'
import type { Logger, NetworkEvent } from '../api.ts'
import type { EventHub } from './event-hub.ts'
import { debugLogger, teeLogger } from './logger.ts'

/** The level at which each event is logged. */
export const EVENT_LEVELS = {
  listening: 'info',
  'peer-up': 'info',
  'peer-down': 'info',
  dial: 'debug',
  entry: 'info',
  discovery: 'info',
  mapping: 'info',
  refused: 'warn',
  lagging: 'warn',
  dropped: 'warn',
  suppressed: 'warn',
  gap: 'warn',
  'stem-ended': 'warn',
  'worker-restart': 'error',
  error: 'error',
  left: 'info',
  close: 'info'
} as const satisfies Record<NetworkEvent['name'], keyof Logger>

export class EventLog {
  readonly #subscription: Subscription

  constructor({ events$, joins$ }: EventHub, logger: Logger | undefined) {
    const debug = debugLogger('floodnet:network')
    const log = logger === undefined ? debug : teeLogger(logger, debug)
    this.#subscription = events$.subscribe(({ name, details }) => log[EVENT_LEVELS[name]]({ ...details }, name))
    this.#subscription.add(joins$.subscribe((event) => log.debug({ ...event }, 'join')))
  }

  end(): void {
    this.#subscription.unsubscribe()
  }
}
