// Prints frames.json, from the root:
//   npx esbuild packages/core/test/vectors/print-vectors.ts --bundle --platform=node --format=esm | node --input-type=module
import { makeVectors } from './make-vectors.ts'

console.log(JSON.stringify(makeVectors(), null, 2))
