// Comlink sends a thrown error's name, message and stack but not its `code`, by which callers tell errors apart. This
// replaces its handler on both sides.
import * as Comlink from 'comlink'

interface ThrownValue {
  readonly value: unknown
}

interface SerializedError {
  readonly message: string
  readonly name: string
  readonly code: string | undefined
  readonly stack: string | undefined
}

/** Call this once in every thread that uses Comlink. */
export function keepErrorCodes(): void {
  const original = Comlink.transferHandlers.get('throw')
  if (original === undefined) return
  Comlink.transferHandlers.set('throw', {
    canHandle: (value): value is unknown => original.canHandle(value),
    serialize: (thrown) => [serialize((thrown as ThrownValue).value), []],
    deserialize: (serialized) => {
      throw deserialize(serialized as SerializedError)
    }
  })
}

function serialize(value: unknown): SerializedError {
  if (!(value instanceof Error)) return { message: String(value), name: 'Error', code: undefined, stack: undefined }
  const { message, name, stack } = value
  return { message, name, stack, code: (value as NodeJS.ErrnoException).code }
}

function deserialize({ message, name, code, stack }: SerializedError): Error {
  const error = new Error(message)
  return Object.assign(error, {
    name,
    ...(stack === undefined ? {} : { stack }),
    ...(code === undefined ? {} : { code })
  })
}
