// Guards handlers. If one throws, that is a failure of the node: a throw in an operator would silently end a stream,
// and a throw in a subscriber would end the process.

/** Wraps handlers so that `onFatal` receives what they throw. */
export function guardedBy(onFatal: (error: unknown) => void) {
  return <T>(handle: (value: T) => void): ((value: T) => void) => {
    return (value) => {
      try {
        handle(value)
      } catch (error) {
        onFatal(error)
      }
    }
  }
}
