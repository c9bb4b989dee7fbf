// In which order the test files run, and which side by side. A test with sockets mostly waits, one without mostly works: three files
// run at a time, of which one works, and what works is divided among as many lanes as there are when nothing else is left.
import { limitSeconds, wayToRun } from './head.mjs'

/**
 * { lanes, alone }: what each lane takes, from the front, one list after the other. Two lanes share the waiting files. One of them
 * has the crowds before that, so that no two crowds start at a time; the third has all that works, and then what wants quiet.
 */
export function orderOf(files) {
  const [crowds, alone] = [ofWay(files, 'crowd'), ofWay(files, 'alone')]
  const quiet = ofWay(files, 'quiet')
  const others = files.filter((file) => ![crowds, alone, quiet].some((taken) => taken.includes(file)))
  const working = longFirst(others.filter(isWorking))
  const waiting = longFirst(others.filter((file) => !isWorking(file)))
  return {
    lanes: [
      [crowds, waiting, working],
      [waiting, working],
      [working, quiet, waiting]
    ],
    alone
  }
}

function ofWay(files, way) {
  return files.filter((file) => wayToRun(file) === way)
}

// The core's tests and those of the repository itself open no sockets.
function isWorking(file) {
  return file.startsWith('packages/core/') || file.startsWith('test/') || wayToRun(file) === 'working'
}

/** Who asks for more time takes longer. */
function longFirst(files) {
  return files.toSorted((a, b) => limitSeconds(b) - limitSeconds(a))
}
