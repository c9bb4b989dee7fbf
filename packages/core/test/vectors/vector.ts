// The shape of frames.json.

/** Hexadecimal digits. Joined in this order they are the frame. */
export interface FrameParts {
  readonly length: string
  readonly type: string
  readonly flags: string
  readonly hops: string
  readonly zero: string
  readonly origin: string
  readonly incarnation: string
  readonly seq: string
  readonly body: string
  readonly nonce?: string
  readonly signature?: string
}

export interface Vector {
  readonly name: string
  /** What a reader makes of the frame; ids, nonces and other bytes as hexadecimal digits. */
  readonly fields: Readonly<Record<string, unknown>> & { readonly kind: string }
  readonly frame: FrameParts
}

export interface Vectors {
  readonly protocol: string
  readonly about: readonly string[]
  readonly network: { readonly name: string; readonly id: string }
  readonly author: { readonly seed: string; readonly publicKey: string; readonly incarnation: number }
  readonly frames: readonly Vector[]
}
