// `floodnet completion`: scripts with which a shell completes commands and options, written from the tables of flags.
import { FloodnetError } from '@floodnet/core'
import { EXTENSIONS } from '../extension.ts'
import { COMMAND_FLAGS, COMMANDS } from '../flags.ts'
import type { Flag, Flags } from '../line/flag.ts'
import { suggestion } from '../line/suggest.ts'

export const SHELLS = ['bash', 'zsh', 'fish'] as const
export type Shell = (typeof SHELLS)[number]

const ALL_COMMANDS: readonly string[] = [...COMMANDS, ...EXTENSIONS, 'help']

/** @throws ERR_FLOODNET_OPTION */
export function shellOf(text: string | undefined): Shell {
  const shell = SHELLS.find((known) => known === text)
  if (shell !== undefined) return shell
  const which =
    text === undefined ? 'which shell?' : `'${text}' is not a shell that floodnet knows${suggestion(text, SHELLS)}`
  throw new FloodnetError('ERR_FLOODNET_OPTION', `${which} floodnet completion ${SHELLS.join(' | ')}`)
}

export function completionScript(shell: Shell): string {
  switch (shell) {
    case 'bash':
      return bashScript()
    case 'zsh':
      // zsh runs bash's functions, and calls them in the same way.
      return `autoload -Uz bashcompinit && bashcompinit\n${bashScript()}`
    case 'fish':
      return fishScript()
  }
}

function bashScript(): string {
  const tables = Object.entries<Flags>(COMMAND_FLAGS)
  const options = tables.map(([command, flags]) => `    ${command}) words="${wordsOf(command, flags)}" ;;`)
  return `_floodnet() {
  local current="\${COMP_WORDS[COMP_CWORD]}" before="\${COMP_WORDS[COMP_CWORD-1]}" words=""
  if [ "$COMP_CWORD" = 1 ] || [ "$before" = help ]; then
    COMPREPLY=($(compgen -W "${ALL_COMMANDS.join(' ')}" -- "$current"))
    return
  fi
  case "$before" in
    ${flagNames(isFile).join('|')}) COMPREPLY=($(compgen -f -- "$current")); return ;;
${choiceCases().join('\n')}
    ${flagNames(isFreeValue).join('|')}) return ;;
  esac
  case "\${COMP_WORDS[1]}" in
${options.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o filenames -F _floodnet floodnet
`
}

function wordsOf(command: string, flags: Flags): string {
  const words = Object.keys(flags).map((name) => `--${name}`)
  return (command === 'completion' ? [...SHELLS, ...words] : words).join(' ')
}

function choiceCases(): string[] {
  return distinct(Object.values<Flags>(COMMAND_FLAGS).flatMap((flags) => Object.entries(flags))).flatMap(
    ([name, { choices }]) =>
      choices === undefined
        ? []
        : [`    --${name}) COMPREPLY=($(compgen -W "${choices.join(' ')}" -- "$current")); return ;;`]
  )
}

function flagNames(isOne: (flag: Flag) => boolean): string[] {
  const all = distinct(Object.values<Flags>(COMMAND_FLAGS).flatMap((flags) => Object.entries(flags)))
  return all.filter(([, flag]) => isOne(flag)).map(([name]) => `--${name}`)
}

function distinct(entries: readonly (readonly [string, Flag])[]): (readonly [string, Flag])[] {
  return [...new Map(entries).entries()]
}

function isFile({ value }: Flag): boolean {
  return value === 'FILE'
}

function isFreeValue(flag: Flag): boolean {
  return flag.type === 'string' && !isFile(flag) && flag.choices === undefined
}

function fishScript(): string {
  const commands = `complete -c floodnet -f -n __fish_use_subcommand -a "${ALL_COMMANDS.join(' ')}"`
  const help = `complete -c floodnet -f -n "__fish_seen_subcommand_from help" -a "${ALL_COMMANDS.join(' ')}"`
  const shells = `complete -c floodnet -f -n "__fish_seen_subcommand_from completion" -a "${SHELLS.join(' ')}"`
  const options = Object.entries<Flags>(COMMAND_FLAGS).flatMap(([command, flags]) =>
    Object.entries(flags).map(([name, flag]) => fishLine(command, name, flag))
  )
  return `${[commands, help, shells, ...options].join('\n')}\n`
}

function fishLine(command: string, name: string, flag: Flag): string {
  const value = flag.type === 'boolean' ? '' : isFile(flag) ? ' -r -F' : ` -x${choicesOf(flag)}`
  const text = flag.help.replace(/\s+/g, ' ').replace(/['\\]/g, '\\$&')
  const description = text === '' ? '' : ` -d '${text}'`
  return `complete -c floodnet -n "__fish_seen_subcommand_from ${command}" -l ${name}${value}${description}`
}

function choicesOf({ choices }: Flag): string {
  return choices === undefined ? '' : ` -a "${choices.join(' ')}"`
}
