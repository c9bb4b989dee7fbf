// A gop2p member in Go, for what depends on Go's own HTTP client and server: by the original's rules as recorded, built
// with the Go that is installed, and told what to do by lines.
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { until } from '../../../../test/support/wait.ts'
import { buildGo, type GoProgram } from './go-build.ts'

const START_MS = 60_000

const PROGRAM = `package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
)

type Peer struct {
	Port    int    \`json:"port"\`
	Address string \`json:"address"\`
}

type Message struct {
	Type int    \`json:"type"\`
	Data []byte \`json:"data"\`
	From *Peer  \`json:"from"\`
	To   []*Peer \`json:"to,omitempty"\`
}

var (
	self    *Peer
	members []*Peer
	lock    sync.Mutex
	client  = &http.Client{}
)

func (p *Peer) name() string { return fmt.Sprintf("%s:%d", p.Address, p.Port) }

func remember(p *Peer) {
	for _, member := range members {
		if member.name() == p.name() {
			return
		}
	}
	members = append(members, p)
}

func isMember(p *Peer) bool {
	for _, member := range members {
		if member.name() == p.name() {
			return true
		}
	}
	return false
}

func serve(w http.ResponseWriter, r *http.Request) {
	if r.Host == self.name() {
		http.Error(w, "You can not connect with yourself.", http.StatusBadRequest)
		return
	}
	if r.Method == http.MethodOptions {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	body, _ := io.ReadAll(r.Body)
	message := Message{}
	if json.Unmarshal(body, &message) != nil {
		http.Error(w, "No valid Message provided", http.StatusBadRequest)
		return
	}
	lock.Lock()
	defer lock.Unlock()
	if message.Type == 0 {
		list, _ := json.Marshal(append([]*Peer{}, members...))
		remember(message.From)
		w.Write(list)
		return
	}
	if !isMember(message.From) {
		http.Error(w, "Peer not registered", http.StatusForbidden)
		return
	}
	if message.Type == 1 {
		for index, member := range members {
			if member.name() == message.From.name() {
				members = append(members[:index], members[index+1:]...)
				break
			}
		}
		return
	}
	fmt.Printf("heard %d %.200s\\n", len(message.Data), message.Data)
}

func ask(to *Peer, message Message) ([]byte, error) {
	message.From = self
	body, _ := json.Marshal(message)
	request, _ := http.NewRequest(http.MethodPost, "http://"+to.name(), bytes.NewBuffer(body))
	request.Host = self.name()
	response, err := client.Do(request)
	if err != nil {
		return nil, err
	}
	return io.ReadAll(response.Body)
}

func known() []*Peer {
	lock.Lock()
	defer lock.Unlock()
	return append([]*Peer{}, members...)
}

func connect(entry *Peer) error {
	list, err := ask(entry, Message{Type: 0})
	if err != nil {
		return err
	}
	listed := []*Peer{}
	json.Unmarshal(list, &listed)
	for _, peer := range listed {
		if peer.name() != self.name() {
			if _, err := ask(peer, Message{Type: 0}); err != nil {
				return err
			}
			lock.Lock()
			remember(peer)
			lock.Unlock()
		}
	}
	lock.Lock()
	remember(entry)
	lock.Unlock()
	return nil
}

func broadcast(data []byte) error {
	for _, member := range known() {
		if _, err := ask(member, Message{Type: 2, Data: data}); err != nil {
			return err
		}
	}
	return nil
}

func act(line string) error {
	word, rest, _ := strings.Cut(line, " ")
	switch word {
	case "connect":
		host, port, _ := net.SplitHostPort(rest)
		number, _ := strconv.Atoi(port)
		return connect(&Peer{number, host})
	case "say":
		return broadcast([]byte(rest))
	case "fill":
		count, _ := strconv.Atoi(rest)
		return broadcast(bytes.Repeat([]byte("x"), count))
	}
	names := []string{}
	for _, member := range known() {
		names = append(names, member.name())
	}
	fmt.Println("members", strings.Join(names, " "))
	return nil
}

func main() {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	self = &Peer{listener.Addr().(*net.TCPAddr).Port, os.Args[1]}
	go http.Serve(listener, http.HandlerFunc(serve))
	fmt.Println("listening", self.Port)
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		if err := act(lines.Text()); err != nil {
			fmt.Println("error", err)
		}
		fmt.Println("done")
	}
}
`

export function buildMember(): GoProgram {
  return buildGo(PROGRAM)
}

export class GoMember {
  /** 'heard BYTES TEXT', 'error WHY' and 'members NAME ...', as they came. */
  readonly lines: string[] = []
  readonly #child: ChildProcessWithoutNullStreams
  readonly #address: string
  readonly #exit: Promise<unknown>
  #done = 0

  private constructor(program: string, address: string) {
    this.#address = address
    this.#child = spawn(program, [address])
    this.#exit = new Promise((resolve) => this.#child.once('close', resolve))
    createInterface({ input: this.#child.stdout }).on('line', (line) => {
      if (line === 'done') this.#done++
      else this.lines.push(line)
    })
    this.#child.stderr.on('data', (text) => this.lines.push(`crashed ${text}`))
  }

  /** @param address what it calls itself; it listens on 127.0.0.1 */
  static async start(program: string, address: string): Promise<GoMember> {
    const member = new GoMember(program, address)
    await until(
      () => member.port > 0,
      START_MS,
      () => `a Go member that listens; it said: ${member.lines.join('\n')}`
    )
    return member
  }

  get port(): number {
    return Number(/^listening (\d+)$/.exec(this.lines[0] ?? '')?.[1] ?? 0)
  }

  get name(): string {
    return `${this.#address}:${this.port}`
  }

  heard(): string[] {
    return this.lines.filter((line) => line.startsWith('heard '))
  }

  errors(): string[] {
    return this.lines.filter((line) => /^(error|crashed)/.test(line))
  }

  /** Whom it knows, as text. */
  async members(): Promise<string[]> {
    await this.do('members')
    return (
      this.lines
        .filter((line) => line.startsWith('members '))
        .at(-1)
        ?.split(' ')
        .slice(1) ?? []
    )
  }

  /** 'connect HOST:PORT', 'say TEXT', 'fill BYTES' or 'members'. */
  async do(line: string): Promise<void> {
    const before = this.#done
    this.#child.stdin.write(`${line}\n`)
    await until(
      () => this.#done > before,
      START_MS,
      () => `the end of '${line}': ${this.lines.join('\n')}`
    )
  }

  async kill(): Promise<void> {
    this.#child.kill('SIGKILL')
    await this.#exit
  }
}
