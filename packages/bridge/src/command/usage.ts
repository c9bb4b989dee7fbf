// What `floodnet bridge --help` prints. The flags are a contract: scripts use them.
export const USAGE = `Usage: floodnet bridge [options] --gob ADDR[,ADDR] --gop2p ADDR[,ADDR] --nats URL[,URL]

Joins a floodnet network and others, and says on each what is said on the others, once. At least one other is needed.

  --gob ADDR,...       join the network of the tutorial's Go nodes that the node at ADDR belongs to
  --gob-listen ADDR    accept their connections at ADDR (default: port 55555 on all interfaces, or the next free one)
  --gob-name NAME      what names from there are marked with: alice@NAME (default: gob)
  --gob-format FORMAT  how to write there: text (part 4), json (part 5) or signed (part 6)
                       (default: as is written there)
  --gop2p ADDR,...     join the gop2p network that the member at ADDR belongs to
  --gop2p-self ADDR    the address at which its members can reach this bridge (default: as this machine
                       is seen from the first one, port 55655 or the next free one)
  --gop2p-name NAME    what names from there are marked with (default: gop2p)

  --nats URL,...       join all floods of this network's name whose bridges use the same NATS server or cluster
                       (nats://host:4222, tls://user:password@host:4222)
  --subject SUBJECT    what they share there (default: floodnet)
  --stream NAME        keep what is said in this JetStream stream, made when absent: nothing is lost while a bridge or
                       the server is away (default: no stream)
  --since TIME         with a stream, begin with what was said so long ago: 90s, 10m, 2h, 7d (default: 60s)
  --flood NAME         what this flood is called in the headers (default: the first 16 digits of this node's id)
  --nats-creds FILE    credentials for the server (.creds)

  --join ADDR          join the floodnet network that the node at ADDR belongs to; ADDR may also be a ticket, dns:NAME
                       for nodes listed in DNS, or - to read it from standard input; may be given several times
  --listen ADDR        accept floodnet links at ADDR (default: port 55555 on all interfaces, or the next free one)
  --name NET           name of the floodnet network, which its names are marked with elsewhere (default: floodnet)
  --identity FILE      keep this node's key in FILE, made when absent (default: a new key each time)
  --key FILE           shared secret of a private network
  --ca FILE, --cert FILE   certificates of a private network
  --work BITS          proof of work that each packet shows, as all nodes of the network ask (default: none)
  --metrics ADDR       serve counters for Prometheus at http://ADDR/metrics (default: not)
  --json               one JSON object a line on stdout
  --config FILE        flags from FILE, one a line: gob = 127.0.0.1:55555; the environment has them too: FLOODNET_GOB
  --help, --version

What comes over --nats is signed by its authors. Nothing that comes from --gob and --gop2p is authenticated, and what is
said here is read there: docs/BRIDGES.md.

Exit codes: 0 done, 1 failed, 2 bad usage. SIGINT and SIGTERM leave all networks; twice: at once.
`
