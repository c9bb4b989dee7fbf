// What `floodnet help` prints.
import { COMMAND_FLAGS, COMMANDS, type Command } from './flags.ts'
import { flagLines } from './line/help.ts'

/** The commands that run a node. */
export type NetworkCommand = 'node' | 'pub' | 'sub'

const EXIT_CODES = 'Exit codes: 0 done, 1 failed or not all done, 2 bad usage.'
const SIGNALS =
  'SIGINT, SIGTERM and SIGHUP leave the network; a second signal exits at once. With --log and without a\nterminal, SIGHUP reopens the log instead. nohup is respected.\n'
const VARIABLES =
  'You can also set each flag in the environment (FLOODNET_LISTEN for --listen) or in a file (--config).\n'

const HEADS: Readonly<Record<Command, string>> = {
  node: `Usage: floodnet node [options]

Runs a node that relays messages until you stop it.
`,
  pub: `Usage: floodnet pub [options] < FILE
       floodnet pub [options] TEXT

Sends each line of standard input as a message, without its line feed, or sends TEXT as one message. Exits once the
input has ended and at least one neighbour has everything.
`,
  sub: `Usage: floodnet sub [options]

Prints each message, followed by a line feed. It prints the bytes as they are; on a terminal, it escapes control
characters.
`,
  ticket: `Usage: floodnet ticket --identity FILE [options]

Prints a ticket that others use to join through the node with the key in FILE: --join TICKET, or floodchat TICKET.
`,
  top: `Usage: floodnet top [options] [ADDR]

Shows what a node is doing, given the address of its --metrics (default: 127.0.0.1:9464), until you press Ctrl-C.
Without a terminal, it prints the figures of one interval and exits.
`,
  sim: `Usage: floodnet sim [options]

Runs a whole network in simulated time, without sockets, and prints its figures. The same seed gives the same run.
`,
  completion: `Usage: floodnet completion bash | zsh | fish

Prints a script that makes your shell complete the commands and options of floodnet:

  source <(floodnet completion bash)        in ~/.bashrc
  source <(floodnet completion zsh)         in ~/.zshrc, after compinit
  floodnet completion fish | source         in ~/.config/fish/config.fish
`
}

export const OVERVIEW = `Usage: floodnet COMMAND [options]

A network with no server in which everyone reads what anyone writes.

  floodnet node        run a node that relays messages
  floodnet pub         send lines of standard input, a text or a file as messages
  floodnet sub         print each message as a line
  floodnet ticket      print a ticket that others use to join
  floodnet top         watch a running node
  floodnet sim         simulate a network of thousands of nodes
  floodnet bridge      connect the network with others (package @floodnet/bridge)
  floodnet completion  print a script for shell completion
  floodnet help CMD    list the options of a command

Try it in two terminals:

  floodnet sub --listen 127.0.0.1:55555
  floodnet pub --join 127.0.0.1:55555 hello
`

export function isCommand(text: string): text is Command {
  return (COMMANDS as readonly string[]).includes(text)
}

export function isNetworkCommand(command: Command): command is NetworkCommand {
  return command === 'node' || command === 'pub' || command === 'sub'
}

export function usageOf(command: Command): string {
  const more = isNetworkCommand(command) ? `${EXIT_CODES}\n${SIGNALS}${VARIABLES}` : `${EXIT_CODES}\n`
  return `${HEADS[command]}\n${flagLines(COMMAND_FLAGS[command])}\n${more}`
}
