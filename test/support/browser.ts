// Pages in a real browser: Chromium as the system has it, without a window, and all that a page asks for and complains
// of. Nothing is downloaded, and no name but this machine's leads anywhere.
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'

const NAMES = ['chromium', 'chromium-browser', 'google-chrome']
/** For one step of a page on a loaded machine. */
const STEP_MS = 60_000

/** Where Chromium is; null: this machine has none. */
export const CHROMIUM = findChromium()

/** What a test that is skipped ends its name with. */
export const NO_CHROMIUM = '(chromium is not installed)'

/** A page with everything that it asked for and complained of since it was opened. */
export interface WatchedPage {
  readonly page: Page
  /** Errors and warnings of the console, uncaught errors, and what the page's own rules refused. */
  readonly complaints: readonly string[]
  /** Addresses of all requests, in their order. */
  readonly requests: readonly string[]
}

/** Starts Chromium; whoever starts it closes it. */
export function startBrowser(): Promise<Browser> {
  if (CHROMIUM === null) throw new Error('there is no chromium: skip the test')
  return chromium.launch({
    executablePath: CHROMIUM,
    // Its sandbox does not start for root.
    chromiumSandbox: process.getuid?.() !== 0,
    args: ['--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1'],
    timeout: STEP_MS
  })
}

/** A page in a profile of its own. `options`: its window, whether it is dark, its headers and so on. */
export async function openPage(browser: Browser, options: BrowserContextOptions = {}): Promise<WatchedPage> {
  const context = await browser.newContext(options)
  context.setDefaultTimeout(STEP_MS)
  const page = await context.newPage()
  const complaints: string[] = []
  const requests: string[] = []
  page.on('console', (message) => {
    if (['error', 'warning', 'assert'].includes(message.type())) complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(`${error.name}: ${error.message}`))
  page.on('request', (request) => requests.push(request.url()))
  return { page, complaints, requests }
}

function findChromium(): string | null {
  const folders = (process.env.PATH ?? '').split(delimiter)
  const paths = NAMES.flatMap((name) => folders.map((folder) => join(folder, name)))
  return paths.find(isProgram) ?? null
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
