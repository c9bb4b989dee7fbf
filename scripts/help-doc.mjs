// Writes what `--help` prints into the documents, between `<!-- help: floodnet node -->` and `<!-- end of help -->`.
//   node scripts/help-doc.mjs           writes it (needs the built packages)
//   node scripts/help-doc.mjs --check   exits with 1 when it would change
import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'

const section = /(<!-- help: floodnet (\w+) -->\n)[\s\S]*?(<!-- end of help -->)/g
const isChecked = process.argv.includes('--check')

for (const name of readdirSync('docs').filter((file) => file.endsWith('.md'))) {
  const path = `docs/${name}`
  const text = readFileSync(path, 'utf8')
  const wanted = text.replace(
    section,
    (_, begin, command, end) => `${begin}\`\`\`text\n${helpOf(command)}\`\`\`\n${end}`
  )
  if (wanted === text) continue
  if (!isChecked) writeFileSync(path, wanted)
  else {
    console.error(`${path} does not show what --help prints; run: npm run docs`)
    process.exitCode = 1
  }
}

function helpOf(command) {
  const bin = 'packages/transport/bin/floodnet.js'
  const { status, stdout, stderr } = spawnSync(process.execPath, [bin, command, '--help'], { encoding: 'utf8' })
  if (status !== 0) throw new Error(`floodnet ${command} --help: ${stderr}`)
  return stdout
}
