// What `floodnet help` prints. The flags are a contract: scripts use them.
export const COMMANDS = ['node', 'pub', 'sub', 'sim'] as const

export type Command = (typeof COMMANDS)[number]
/** Those that run a node. */
export type NetworkCommand = Exclude<Command, 'sim'>

const COMMON = `  --listen ADDR      accept links at ADDR, host:port or :port; port 0 lets the system choose
                     (default: port 55555 on all interfaces, or the next free port)
  --join ADDR        join the network that the node at ADDR belongs to; may be given several times
  --advertise ADDR   the address at which others can dial this node, behind a port mapping
  --name NET         name of the network; nodes of other networks are refused (default: floodnet)
  --identity FILE    keep this node's key in FILE, made when absent (default: a new key each time)
  --key FILE         shared secret of a private network: every byte of FILE, at least 16
  --ca FILE          take only nodes with a certificate from this authority (PEM); needs --cert
  --cert FILE        this node's certificate (PEM) from that authority, for the key in --identity
  --workers N        I/O threads (default: 1)
  --work BITS        proof of work that each packet shows, as all nodes of the network ask (default: none)
  --metrics ADDR     show counters for Prometheus at http://ADDR/metrics
  --security none    no encryption and no signatures; on loopback addresses only
  --allow-insecure   allow --security none on other addresses too
  --json             one JSON object a line on stdout, events included
  --help, --version

`

const EXIT_CODES = 'Exit codes: 0 done, 1 failed, 2 bad usage. SIGINT and SIGTERM leave the network; twice: at once.\n'

const TEXTS: { readonly [C in Command]: string } = {
  node: `Usage: floodnet node [options]

Runs a node that only relays, until it is told to leave.

${COMMON}${EXIT_CODES}`,
  pub: `Usage: floodnet pub [options] < FILE

Sends each line of stdin as a message, without its line feed. Ends when the input has ended and everything has been handed
over to at least one neighbour.

  --timeout MS       give up after MS milliseconds (exit code 1), saying what was not sent (default: never)
${COMMON}${EXIT_CODES}`,
  sub: `Usage: floodnet sub [options]

Prints each message and a line feed. The bytes are printed as they are; on a terminal, control characters are made visible.

  --count N          end after N messages (default: never)
${COMMON}${EXIT_CODES}`,
  sim: `Usage: floodnet sim [options]

Runs a whole network in simulated time, without sockets, and prints its figures. The same seed is the same run.

  --nodes N          how many nodes join, through one entry (default: 1000; the table's: 10000)
  --batch N          so many join each second; not with --experiments (default: 100)
  --seed S           where the run's randomness starts (default: 1)
  --fail PERCENT     let so many of them fail at once, then heal (default: 0)
  --vanish           those that fail take their machines with them, so that nobody hears of it
  --nat PERCENT      so many nodes cannot be dialled (default: 0)
  --loss PERCENT     so many packets come late, as TCP repeats them (default: 0)
  --cut PERCENT      so many links break each second (default: 0)
  --slow PERCENT     so many nodes take 100 ms over each packet (default: 0)
  --check            hold every step of every node to the invariants
  --svg FILE         draw the degrees and the reach over time
  --json             one JSON object a line on stdout
  --experiments      run the experiments of docs/SIMULATION.md beside the published figures
  --only TEXT,...    of these, those whose name contains one of the TEXTs
  --seeds K          how many seeds each, counting from --seed (default: 10)
  --cycles N         cycles of 10 s of churn (default: 100)
  --messages N       messages after a failure (default: 1000)
  --quick            a first look: 500 nodes, 3 seeds
  --jobs N           so many processes at a time, each with seeds of its own (default: 1)
  --results FILE     keep what each experiment gave, one JSON object a line, and run only what is not there yet
  --report           print the table of what is in FILE so far, and run nothing
  --outcomes         print what each experiment gave as JSON, and no table
  --help, --version

${EXIT_CODES.split('. ')[0]}.
`
}

export const OVERVIEW = `Usage: floodnet COMMAND [options]

A network with no server in which everyone reads what anyone writes.

  floodnet node      run a node that only relays
  floodnet pub       send each line of stdin as a message
  floodnet sub       print each message as a line
  floodnet sim       simulate a network of thousands of nodes
  floodnet bridge    say here what is said in other networks, and there what is said here (package @floodnet/bridge)
  floodnet help CMD  the options of a command

Try it in two terminals:

  floodnet sub --listen 127.0.0.1:55555
  echo hello | floodnet pub --join 127.0.0.1:55555
`

export function isCommand(text: string): text is Command {
  return (COMMANDS as readonly string[]).includes(text)
}

export function usageOf(command: Command): string {
  return TEXTS[command]
}
