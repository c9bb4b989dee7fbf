// Builds the playground and serves it to this machine alone, until it is told to stop.
//   npm run playground            on a port from 8000 up
//   npm run playground -- 8080    on this one; 0: any
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as esbuild from 'esbuild'
import { bundlePlayground, PLAYGROUND_DIST } from './playground-bundle.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const [port] = process.argv.slice(2)

await bundlePlayground(esbuild, root)
const context = await esbuild.context({ logLevel: 'silent' })
const server = await context.serve({
  servedir: join(root, PLAYGROUND_DIST),
  host: '127.0.0.1',
  ...(port !== undefined && { port: Number(port) })
})
console.log(`the playground: http://127.0.0.1:${server.port}/`)
