// In which order the test files run, and which side by side. A test with sockets mostly waits, one without mostly
// works: five files run at a time, of which one works, so that two processors always have something to do.
import { limitSeconds, wayToRun } from './head.mjs'

/**
 * { lanes, alone }: what each lane takes, from the front, one list after the other. Four lanes share the waiting files;
 * the fifth has all that works. What wants quiet comes when that is done.
 */
export function orderOf(files) {
  const [alone, quiet] = [ofWay(files, 'alone'), ofWay(files, 'quiet')]
  const others = files.filter((file) => !alone.includes(file) && !quiet.includes(file))
  const working = longFirst(others.filter(isWorking))
  const waiting = longFirst(others.filter((file) => !isWorking(file)))
  const mostlyWaiting = [waiting, working, quiet]
  return {
    lanes: [mostlyWaiting, mostlyWaiting, mostlyWaiting, mostlyWaiting, [working, quiet, waiting]],
    alone
  }
}

function ofWay(files, way) {
  return files.filter((file) => wayToRun(file) === way)
}

// The core's tests and those of the repository itself open no sockets.
function isWorking(file) {
  return file.startsWith('packages/core/') || file.startsWith('test/')
}

/** Who asks for more time takes longer. */
function longFirst(files) {
  return files.toSorted((a, b) => limitSeconds(b) - limitSeconds(a))
}
