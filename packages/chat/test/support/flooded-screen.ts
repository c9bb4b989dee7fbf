// A program of its own: the full screen on this terminal, with as many messages a second as its argument says, of 50
// authors. Without a network: what limits there take from a flood is not what is looked at here.
import { openFullScreen } from '../../src/terminal/open.ts'
import { spoken } from './screen-events.ts'

const perSecond = Number(process.argv[2])
// Ends with the test, also where the test does not come to its end.
setTimeout(() => process.exit(1), 300_000).unref()
const screen = openFullScreen(process.stdin, process.stdout, { bell: false, notify: false })
screen.setPrompt('bob: ')
screen.show(spoken('before the flood', { at: Date.now() }))

let shown = 0
// Late enough that what was said before is no part of it.
const began = performance.now() + 1500
const timer = setInterval(() => {
  const due = ((performance.now() - began) / 1000) * perSecond
  while (shown < due) {
    const author = shown % 50
    const fingerprint = author.toString(16).padStart(8, '0')
    screen.show(spoken(`message ${shown++}`, { from: `writer${author}`, fingerprint, trust: 'seen', at: Date.now() }))
  }
}, 5)

for await (const { text } of screen.lines) screen.show({ kind: 'notice', text: `typed: ${text}` })
clearInterval(timer)
await screen.close()
