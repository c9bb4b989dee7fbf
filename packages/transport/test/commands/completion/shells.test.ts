// The scripts for shells, run in those that are installed.
import { spawnSync } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { completionScript, SHELLS, type Shell } from '../../../src/commands/completion/shells.ts'
import { COMMAND_FLAGS } from '../../../src/commands/flags.ts'
import type { Flags } from '../../../src/commands/line/flag.ts'
import { inFolder } from '../../support/folder.ts'

const test = suite('completion')

/** How each shell is asked, without anybody's own settings, what it makes of a line. */
const ASK: Readonly<Record<Exclude<Shell, 'zsh'>, (line: string) => string[]>> = {
  bash: (line) => [
    '--norc',
    '-c',
    `. ./script; COMP_WORDS=(${line} ''); [ "${line.at(-1)}" = ' ' ] || unset 'COMP_WORDS[-1]'; COMP_CWORD=$((\${#COMP_WORDS[@]} - 1)); _floodnet; printf '%s\\n' "\${COMPREPLY[@]}"`
  ],
  fish: (line) => ['--no-config', '-c', `source ./script; complete -C '${line}'`]
}

/** What is typed before the tab, and what runs then. */
const ZSH_COMPLETES = {
  'floodnet comp': 'floodnet completion',
  'floodnet sub --fo': 'floodnet sub --format',
  'floodnet node --fo': 'floodnet node --fo',
  'floodnet node --security n': 'floodnet node --security none',
  'floodnet completion b': 'floodnet completion bash'
}

/** For all of it on a loaded machine. */
const ZSH_MS = 60_000

/** Types each argument, a tab and a return in a zsh of its own, where `floodnet` only says what it was asked. */
const ZSH = `
  zmodload zsh/zpty
  zpty shell zsh -f -i
  zpty -w shell "PROMPT=; autoload -Uz compinit && compinit -u -D; source ./script; bindkey '^I' complete-word"
  zpty -w shell "floodnet() { print -r -- ASKED \\$* }; print -r -- REA''DY"
  while zpty -r shell said && [[ $said != *READY* ]]; do :; done
  for line in "$@"; zpty -w -n shell $line$'\\t\\n'
  zpty -w shell exit
  while zpty -r shell said; do print -rn -- $said; done`

async function ask(shell: Exclude<Shell, 'zsh'>, line: string): Promise<string[] | null> {
  return await inFolder(async (folder) => {
    await writeFile(join(folder, 'script'), completionScript(shell))
    const { error, status, stdout, stderr } = spawnSync(shell, ASK[shell](line), { cwd: folder, encoding: 'utf8' })
    if (error) {
      console.log(`skipped: ${shell} is not installed`)
      return null
    }
    assert.equal([status, stderr], [0, ''])
    return stdout
      .split('\n')
      .map((text) => text.split('\t')[0] ?? '')
      .filter((text) => text !== '')
  })
}

for (const shell of ['bash', 'fish'] as const) {
  test(`${shell} completes commands, options of the command, and values that are known`, async () => {
    const commands = await ask(shell, 'floodnet s')
    if (commands === null) return
    assert.equal(commands.toSorted(), ['sim', 'sub'])
    assert.equal(await ask(shell, 'floodnet sub --fo'), ['--format'])
    assert.equal(await ask(shell, 'floodnet node --fo'), [])
    assert.equal((await ask(shell, 'floodnet node --security '))?.toSorted(), ['none', 'tls'])
    assert.equal((await ask(shell, 'floodnet completion b'))?.toSorted(), ['bash'])
  })
}

test('zsh completes what is typed, in an interactive shell with a terminal', () =>
  inFolder(async (folder) => {
    await writeFile(join(folder, 'script'), completionScript('zsh'))
    const typed = Object.keys(ZSH_COMPLETES)
    const env = { ...process.env, HOME: folder, TERM: 'xterm' }
    const options = { cwd: folder, encoding: 'utf8', timeout: ZSH_MS, env } as const
    const { error, stdout } = spawnSync('zsh', ['-f', '-c', ZSH, 'zsh', ...typed], options)
    if (error) return console.log('skipped: zsh is not installed')
    const ran = [...stdout.matchAll(/^ASKED (.*?)\r?$/gm)].map(([, words]) => `floodnet ${words}`)
    assert.equal(ran, Object.values(ZSH_COMPLETES))
  }))

for (const shell of SHELLS) {
  test(`the script for ${shell} has every flag of every command`, () => {
    const script = completionScript(shell)
    for (const [command, flags] of Object.entries<Flags>(COMMAND_FLAGS))
      for (const name of Object.keys(flags))
        assert.match(script, shell === 'fish' ? `from ${command}" -l ${name}` : `--${name}`)
  })
}

test.run()
