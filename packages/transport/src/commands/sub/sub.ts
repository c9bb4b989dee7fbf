// `floodnet sub`: prints messages.
import type { Message } from '../../api.ts'
import { visibleText } from '../../telemetry/visible-text.ts'
import { messageObject } from '../event-lines.ts'
import type { Body, BodyContext } from '../run.ts'

const LINE_FEED = Buffer.from('\n')

export const runSub: Body = (context) => {
  const { count: wanted } = context.settings
  const progress = { printed: 0 }
  return {
    done: printMessages(context, progress),
    undone: () =>
      wanted === null || progress.printed >= wanted ? null : `only ${progress.printed} of ${wanted} messages came`
  }
}

async function printMessages({ network, settings, output, isTerminal }: BodyContext, progress: { printed: number }) {
  const { count, from, raw } = settings
  const isWanted = ({ origin }: Message) => from.length === 0 || from.some((start: string) => origin.startsWith(start))
  const wanted = count ?? Number.POSITIVE_INFINITY
  const print = printerOf(settings, isTerminal)
  while (progress.printed < wanted) {
    const message = await network.read()
    if (!isWanted(message)) continue
    const bytes = print(message)
    await (raw ? output.write(bytes) : output.write(bytes, LINE_FEED))
    if (!output.failed.aborted) progress.printed++
  }
}

function printerOf(
  { json, format, raw }: BodyContext['settings'],
  isTerminal: boolean
): (message: Message) => Uint8Array {
  if (json) return (message) => Buffer.from(JSON.stringify(messageObject(message, new Date())))
  const bytesOf =
    format === null ? ({ payload }: Message) => payload : (message: Message) => format(message, new Date())
  if (raw || !isTerminal) return bytesOf
  return (message) => Buffer.from(visibleText(new TextDecoder().decode(bytesOf(message))))
}
