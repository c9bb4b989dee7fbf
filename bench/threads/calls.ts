// What the program of slab.hop answers.
import type { Figures } from '../run/bench.ts'

export type HopCalls = {
  run: { take: { warmUpMs: number; timedMs: number }; give: Figures }
}
