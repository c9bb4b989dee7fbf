// The runner looks for tests in test folders only: anywhere else they would never run.

export function findMisplacedTests(paths: readonly string[]): string[] {
  const misplaced = paths.filter((path) => /\.(test|spec)\.[cm]?[jt]sx?$/.test(path) && !isTestPlace(path))
  return misplaced.map((path) => `${path}: the runner does not find tests here, nor under this name`)
}

function isTestPlace(path: string): boolean {
  return /^(packages\/[^/]+\/)?test\/.+\.test\.ts$/.test(path)
}
