// What the tests of pages hear of a page, shown on pages that ask, complain and break their rules.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { CHROMIUM, NO_CHROMIUM, openPage, startBrowser } from './support/browser.ts'

const PAGE = `<!doctype html><link rel="icon" href="/icon"><script>
console.warn('told')
fetch('/asked').then(() => fetch('http://elsewhere.example/')).catch(() => { throw new Error('thrown') })
</script>`

if (CHROMIUM === null) test.skip(`a page's errors, warnings and requests are heard ${NO_CHROMIUM}`)
else
  test("a page's errors, warnings and requests are heard", async () => {
    const server = createServer((_, response) => response.setHeader('content-type', 'text/html').end(PAGE))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const browser = await startBrowser()
    try {
      const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
      const { page, complaints, requests } = await openPage(browser)
      const thrown = page.waitForEvent('pageerror')
      await page.goto(origin)
      await thrown
      for (const url of [`${origin}/`, `${origin}/asked`, 'http://elsewhere.example/'])
        assert.ok(requests.includes(url), url)
      for (const word of ['told', 'ERR_NAME_NOT_RESOLVED', 'Error: thrown'])
        assert.ok(
          complaints.some((text) => text.includes(word)),
          `${word}: ${complaints}`
        )
    } finally {
      await browser.close()
      server.closeAllConnections()
      server.close()
    }
  })

test.run()
