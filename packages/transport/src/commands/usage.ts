// What `floodnet help` prints.
import { COMMAND_FLAGS, COMMANDS, type Command } from './flags.ts'
import { flagLines } from './line/help.ts'

/** Those that run a node. */
export type NetworkCommand = 'node' | 'pub' | 'sub'

const EXIT_CODES = 'Exit codes: 0 done, 1 failed or not all done, 2 bad usage.'
const SIGNALS =
  'SIGINT, SIGTERM and SIGHUP leave the network; a second one ends at once. With --log and no terminal,\nSIGHUP opens the log anew instead. nohup is respected.\n'
const VARIABLES =
  'Each flag may come from the environment too: FLOODNET_LISTEN for --listen; or from a file: --config.\n'

const HEADS: Readonly<Record<Command, string>> = {
  node: `Usage: floodnet node [options]

Runs a node that only relays, until it is told to leave.
`,
  pub: `Usage: floodnet pub [options] < FILE
       floodnet pub [options] TEXT

Sends each line of the input as a message, without its line feed; or TEXT as one. Ends when the input has ended and
everything has been handed over to at least one neighbour.
`,
  sub: `Usage: floodnet sub [options]

Prints each message and a line feed. The bytes are printed as they are; on a terminal, control characters are made visible.
`,
  ticket: `Usage: floodnet ticket --identity FILE [options]

Prints a text by which others join through the node with the key in FILE: --join TICKET, or floodchat TICKET.
`,
  top: `Usage: floodnet top [options] [ADDR]

Shows what a node does, from the address of its --metrics (default: 127.0.0.1:9464), until you press Ctrl-C. Without a
terminal it shows the figures of one interval and ends.
`,
  sim: `Usage: floodnet sim [options]

Runs a whole network in simulated time, without sockets, and prints its figures. The same seed is the same run.
`,
  completion: `Usage: floodnet completion bash | zsh | fish

Prints what makes a shell complete the commands and options of floodnet:

  source <(floodnet completion bash)        in ~/.bashrc
  source <(floodnet completion zsh)         in ~/.zshrc, after compinit
  floodnet completion fish | source         in ~/.config/fish/config.fish
`
}

export const OVERVIEW = `Usage: floodnet COMMAND [options]

A network with no server in which everyone reads what anyone writes.

  floodnet node        run a node that only relays
  floodnet pub         send each line of stdin as a message, or a text, or a file
  floodnet sub         print each message as a line
  floodnet ticket      print a text by which others join through a node
  floodnet top         watch a running node
  floodnet sim         simulate a network of thousands of nodes
  floodnet bridge      say here what is said in other networks, and there what is said here (package @floodnet/bridge)
  floodnet completion  make your shell complete commands and options
  floodnet help CMD    the options of a command

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
