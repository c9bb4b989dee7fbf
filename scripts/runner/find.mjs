// Which files are tests: *.test.ts in the test folder of the root and of each package. Fixtures are not.
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

/** Paths relative to the root, in a fixed order. */
export function findTests(from, patterns) {
  const folders = from === undefined ? testFolders() : [from]
  return folders.flatMap(testFilesIn).filter((file) => matches(file, patterns))
}

function testFolders() {
  const packages = readdirSync('packages').sort()
  return [...packages.map((name) => join('packages', name, 'test')), 'test'].filter((folder) => existsSync(folder))
}

function testFilesIn(folder) {
  const items = readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))
  return items.flatMap((item) => {
    const path = join(folder, item.name)
    if (item.isDirectory()) return item.name === 'fixtures' ? [] : testFilesIn(path)
    return item.name.endsWith('.test.ts') ? [path] : []
  })
}

function matches(file, patterns) {
  return patterns.length === 0 || patterns.some((pattern) => file.includes(pattern))
}
