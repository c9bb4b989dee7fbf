// In which order the test files run, and which side by side. A test with sockets mostly waits, one without mostly works: two
// files run at a time, one of each kind as long as there are both, the long ones first.
import { wayToRun } from './head.mjs'

/** { together, alone }. Of `together` one lane takes from the front, where the waiting files are, the other from the back. */
export function orderOf(files) {
  const alone = files.filter((file) => wayToRun(file) === 'alone')
  const others = files.filter((file) => wayToRun(file) !== 'alone')
  const waiting = others.filter((file) => !isComputing(file))
  const computing = others.filter(isComputing)
  return { together: [...longFirst(waiting), ...longFirst(computing).reverse()], alone }
}

// The core's tests and those of the repository itself open no sockets.
function isComputing(file) {
  return file.startsWith('packages/core/') || file.startsWith('test/')
}

function longFirst(files) {
  const isLong = (file) => wayToRun(file) === 'early'
  return [...files.filter(isLong), ...files.filter((file) => !isLong(file))]
}
