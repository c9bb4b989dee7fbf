// A router that maps ports, by any protocol.

/** What a router has mapped. */
export interface Mapped {
  /** The port on the router's outer side. */
  readonly port: number
  /** For how long, in seconds; 0: until it is removed. */
  readonly leaseS: number
  /** Its outer address, according to the router: we show it but never believe it. Null: it does not say. */
  readonly outside: string | null
}

export interface Gateway {
  readonly protocol: 'nat-pmp' | 'upnp'
  /** Its address on our side. */
  readonly host: string
  /** Maps a TCP port of ours, or renews the mapping. `outer`: the port wanted outside. @throws MappingError */
  map(port: number, outer: number, leaseS: number): Promise<Mapped>
  /** @throws MappingError */
  unmap(port: number, outer: number): Promise<void>
}

/**
 * Why a port is not mapped. `gateway-silent`: nothing answers. `gateway-refused`: the router does not allow it.
 * `gateway-garbled`: its answer makes no sense. `ports-taken`: others have the ports that we tried.
 */
export type MappingFailure = 'gateway-silent' | 'gateway-refused' | 'gateway-garbled' | 'ports-taken'

export class MappingError extends Error {
  readonly reason: MappingFailure

  constructor(reason: MappingFailure, detail = '') {
    super(detail === '' ? reason : `${reason}: ${detail}`)
    this.reason = reason
  }
}
