// time-limit: 120 s
// What a bridge says among nodes of part 6, checked by Go's own JSON, RSA and SHA-256, by the rules of part 6.
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { until } from '../../../../test/support/wait.ts'
import { TutorialNode } from '../../src/tutorial/tutorial-node.ts'
import { tutorialSide } from '../../src/tutorial/tutorial-side.ts'
import { buildGo, whyNoGo } from '../support/go-build.ts'
import { addressOf, LOCAL } from '../support/networks.ts'

const WAIT_MS = 60_000
const CHECKER = `package main

import (
	"bufio"
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/binary"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"math"
	"os"
)

type Worked struct {
	Nonce     int
	Encrypted bool
	Message   []byte
}

type Message struct {
	Text      string
	From      []byte
	Signature []byte
	Nonce     int
}

func check(line []byte) string {
	worked := Worked{}
	if json.Unmarshal(line, &worked) != nil {
		return "no JSON"
	}
	encoded, _ := json.Marshal(worked)
	sum := sha256.Sum256(encoded)
	attempts := float64(len(worked.Message)*64 + 124)
	if binary.BigEndian.Uint32(sum[:]) <= uint32(float64(math.MaxUint32)*(1-1/attempts)) {
		return "too little work"
	}
	message := Message{}
	if json.Unmarshal(worked.Message, &message) != nil {
		return "no message"
	}
	signature := message.Signature
	message.Signature = nil
	unsigned, _ := json.Marshal(message)
	hashed := sha256.Sum256(unsigned)
	block, _ := pem.Decode(message.From)
	if block == nil {
		return "no key"
	}
	key, err := x509.ParsePKIXPublicKey(block.Bytes)
	if err != nil {
		return err.Error()
	}
	if rsa.VerifyPKCS1v15(key.(*rsa.PublicKey), crypto.SHA256, hashed[:], signature) != nil {
		return "wrong signature"
	}
	return fmt.Sprintf("%d %s", len(message.From[100:140]), message.Text)
}

func main() {
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		fmt.Println(check(lines.Bytes()))
	}
}
`

const reason = whyNoGo()
const test = suite('part 6 and Go')

if (reason !== null) {
  console.log(`skipped: what a bridge says in part 6, checked by Go (${reason})`)
  test.skip('what a bridge says in part 6, checked by Go', () => {})
} else {
  const { program, remove } = buildGo(CHECKER)
  test.after(remove)

  test('once part 6 was heard, what is said is signed and worked for, as Go checks it', async () => {
    const far = await TutorialNode.start({ listen: LOCAL })
    const node = await TutorialNode.start({ listen: LOCAL, join: [addressOf(far.address)] })
    const side = tutorialSide(node, { name: 'gob', format: 'signed' })
    const checker = spawn(program)
    const verdicts: string[] = []
    createInterface({ input: checker.stdout }).on('line', (line) => verdicts.push(line))
    far.foreign$.subscribe(({ payload }) => checker.stdin.write(Buffer.concat([payload, Buffer.from('\n')])))
    try {
      await until(() => node.neighbours.length > 0, WAIT_MS, 'a neighbour')
      const texts = [
        'hello',
        '<b> & "quotes"',
        'caf\u00e9 \ud83d\ude80 \u2028 \ufffd',
        'back\\slash',
        'x'.repeat(2_000)
      ]
      for (const [index, text] of texts.entries())
        assert.is(await side.say({ id: BigInt(index + 1), from: 'alice@floodnet', text, to: '' }), null)
      await until(
        () => verdicts.length === texts.length,
        WAIT_MS,
        () => verdicts.join('\n')
      )
      assert.equal(
        verdicts,
        texts.map((text) => `40 <alice@floodnet> ${text}`)
      )
      assert.match(
        (await side.say({ id: 9n, from: 'alice@floodnet', text: 'psst', to: 'bob' }))?.refused ?? '',
        'sealed'
      )
      const long = { id: 10n, from: 'alice@floodnet', text: 'x'.repeat(5_000), to: '' }
      assert.match((await side.say(long))?.refused ?? '', 'too much work')
    } finally {
      checker.kill('SIGKILL')
      await side.close()
      await far.close()
    }
  })
}

test.run()
