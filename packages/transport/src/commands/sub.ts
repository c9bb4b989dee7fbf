// `floodnet sub`: every message becomes a line.
import type { Message } from '../api.ts'
import { messageObject } from './event-lines.ts'
import type { Body } from './run.ts'
import { visibleText } from './visible-text.ts'

const LINE_FEED = Buffer.from('\n')

export const runSub: Body = async ({ network, settings, output, isTerminal }) => {
  const wanted = settings.count ?? Number.POSITIVE_INFINITY
  for (let count = 0; count < wanted; count++) {
    const message = await network.read()
    await output.write(bytesOf(message, settings.json, isTerminal), LINE_FEED)
  }
}

function bytesOf(message: Message, json: boolean, isTerminal: boolean): Uint8Array {
  if (json) return Buffer.from(JSON.stringify(messageObject(message)))
  return isTerminal ? Buffer.from(visibleText(new TextDecoder().decode(message.payload))) : message.payload
}
