// What a benchmark and the processes that it starts say to each other: calls, each answered, and events.

/** The calls that a program answers, by name: what it takes and what it gives. */
export type Calls = Record<string, { take: object; give: unknown }>

export interface Call {
  readonly number: number
  readonly kind: string
  readonly take: object
}

export type FromChild =
  | { readonly number: number; readonly give: unknown }
  | { readonly number: number; readonly failure: string }
  | { readonly event: object }

type Handlers<C extends Calls> = { [K in keyof C]: (take: C[K]['take']) => C[K]['give'] | Promise<C[K]['give']> }

/** The child's end: answers calls until the parent is gone. */
export function answerCalls<C extends Calls>(handlers: Handlers<C>): void {
  process.on('message', async ({ number, kind, take }: Call) => {
    try {
      const handler = handlers[kind] as ((take: object) => unknown) | undefined
      if (handler === undefined) throw new TypeError(`no call ${kind}`)
      say({ number, give: await handler(take) })
    } catch (error) {
      say({ number, failure: error instanceof Error ? (error.stack ?? error.message) : String(error) })
    }
  })
  // Nobody else would end this process.
  process.on('disconnect', () => process.exit(1))
}

export function tellParent(event: object): void {
  say({ event })
}

function say(message: FromChild): void {
  if (process.connected) process.send?.(message)
}
