// The NATS side of the bridge, for programs.
export { type CarriedPacket, frameOf, HEADER as NATS_HEADERS, type Headers as NatsHeaders } from './carried-packet.ts'
export { NATS_METRICS, natsMetricsText } from './metrics.ts'
export { bridgeNats, NatsBridge } from './nats-bridge.ts'
export { NATS_DEFAULTS, type NatsBridgeOptions, type NatsLimits, STREAM_DEFAULTS } from './options.ts'
export { NATS_LOSSES, type NatsBridgeStats, type NatsLoss } from './stats.ts'
