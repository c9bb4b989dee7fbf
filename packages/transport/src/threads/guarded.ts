// Handlers whose throw is a failure of the node: an operator's would end a stream in silence, and a subscriber's the
// process.

/** Wraps handlers so that `onFatal` gets what they throw. */
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
