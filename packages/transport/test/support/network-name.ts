// A network for each test process: a node of another run that dials a port which is ours now must not become a
// neighbour.

export const NETWORK_NAME = `test ${process.pid}`
