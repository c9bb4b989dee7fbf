// A DHT of three nodes on loopback, for hyperswarm to find peers in. Prints where it can be entered, as JSON.
import createTestnet from 'hyperdht/testnet.js'

const testnet = await createTestnet(3)
console.log(JSON.stringify(testnet.bootstrap))
// Whoever started it is gone.
process.stdin.resume().on('end', () => process.exit(0))
