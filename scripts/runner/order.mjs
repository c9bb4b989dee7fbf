// In which order the test files run, and which side by side. A test with sockets mostly waits, one without mostly works: two
// files run at a time, one of each kind as long as there are both, the long ones first.
import { wayToRun } from './head.mjs'

/**
 * { long, rest, alone }. One lane takes the long waiting files, which fill a machine now and then and never run beside each
 * other, and goes on from the front of `rest`, where the waiting files are; the other takes from its back.
 */
export function orderOf(files) {
  const alone = files.filter((file) => wayToRun(file) === 'alone')
  const others = files.filter((file) => wayToRun(file) !== 'alone')
  const waiting = others.filter((file) => !isComputing(file))
  const computing = others.filter(isComputing)
  const rest = [...waiting.filter((file) => !isLong(file)), ...longFirst(computing).reverse()]
  return { long: waiting.filter(isLong), rest, alone }
}

// The core's tests and those of the repository itself open no sockets.
function isComputing(file) {
  return file.startsWith('packages/core/') || file.startsWith('test/')
}

function isLong(file) {
  return wayToRun(file) === 'early'
}

function longFirst(files) {
  return [...files.filter(isLong), ...files.filter((file) => !isLong(file))]
}
