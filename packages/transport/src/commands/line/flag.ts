// What a table says about each flag, and the values that result.

/** What the parser needs to know. */
export interface Option {
  /** Whether it takes a value. */
  readonly type: 'string' | 'boolean'
  /** May be given several times. */
  readonly multiple?: true
  /** One letter that stands for it. */
  readonly short?: string
  /** Its value if it is not given. */
  readonly default?: string | boolean
}

/** Options by name, without the dashes. */
export type Options = Readonly<Record<string, Option>>

/** An option with what people read about it. */
export interface Flag extends Option {
  /** What the help calls its value; FILE is completed with files. */
  readonly value?: string
  /** All possible values. */
  readonly choices?: readonly string[]
  /** What it does, in the help's words; empty for flags that every command has. */
  readonly help: string
}

/** Flags by name, without the dashes. */
export type Flags = Readonly<Record<string, Flag>>

type ValueOf<O> = O extends { type: 'boolean' } ? boolean : O extends { multiple: true } ? string[] : string

/** What a command line gives for these options. */
export type ValuesOf<F> = {
  readonly [K in keyof F]: F[K] extends { default: unknown } ? ValueOf<F[K]> : ValueOf<F[K]> | undefined
}
