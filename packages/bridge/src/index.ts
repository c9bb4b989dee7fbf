// Public names of @floodnet/bridge.
export type { Heard, Refusal, Side, Word } from './side.ts'
