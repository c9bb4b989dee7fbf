// Members of several networks speak in turn; then it is told what did not reach whom, and what came twice.
import { until } from '../../../../test/support/wait.ts'

const HEARD_MS = 15_000

export interface Member {
  readonly name: string
  readonly node: unknown
  say(text: string): void
  /** Everything heard, as lines that contain what was said. */
  foreign(): readonly string[]
}

export interface Round {
  /** 'who n -> whom': what did not arrive. */
  readonly losses: readonly string[]
  readonly repeats: readonly string[]
}

let rounds = 0

/** Each message has a member's name and a number. Waits until all has arrived everywhere, or nothing more does. */
export async function speak(
  members: readonly Member[],
  { messages, everyMs }: { messages: number; everyMs: number },
  withinMs = HEARD_MS
): Promise<Round> {
  const round = ++rounds
  const said: [member: Member, text: string][] = []
  for (let index = 0; index < messages; index++) {
    const member = members[index % members.length] as Member
    const text = `r${round}:${member.name}:${index}.`
    said.push([member, text])
    member.say(text)
    await new Promise((resolve) => setTimeout(resolve, everyMs))
  }
  await until(() => tally(members, said).losses.length === 0, withinMs, 'all of it').catch(() => {})
  return tally(members, said)
}

function tally(members: readonly Member[], said: readonly (readonly [Member, string])[]): Round {
  const [losses, repeats]: [string[], string[]] = [[], []]
  for (const member of members) {
    const counts = new Map<string, number>()
    for (const line of member.foreign()) {
      const text = /r\d+:\w+:\d+\./.exec(line)?.[0]
      if (text !== undefined) counts.set(text, (counts.get(text) ?? 0) + 1)
    }
    for (const [writer, text] of said) {
      const count = counts.get(text) ?? 0
      if (writer !== member && count === 0) losses.push(`${writer.name} ${text} -> ${member.name}`)
      if (writer === member ? count > 0 : count > 1) repeats.push(`${writer.name} ${text} -> ${member.name}: ${count}`)
    }
  }
  return { losses, repeats }
}
