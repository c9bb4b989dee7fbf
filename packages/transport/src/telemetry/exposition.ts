// Prometheus' text format 0.0.4: families of samples, each with its help and type.

/** Labels of a sample, by name. */
export type Labels = Readonly<Record<string, string>>
/** A value of a family, under its labels. */
export type Sample = readonly [labels: Labels, value: number]

/** A family of metrics, and how to get its samples from `S`. */
export interface Family<S> {
  /** As scrapers see it: 'floodnet_...'. */
  readonly name: string
  /** A counter never falls. */
  readonly type: 'counter' | 'gauge'
  /** A sentence for people. */
  readonly help: string
  /** Its values now. */
  samples(source: S): readonly Sample[]
}

/** The families and their values in Prometheus' text format. */
export function expositionOf<S>(families: readonly Family<S>[], source: S): string {
  return families.map((family) => familyText(family, family.samples(source))).join('')
}

/** The only sample of a family, without labels. */
export function single(value: number): Sample[] {
  return [[{}, value]]
}

/** A sample for each name; `names` are always there, at zero if need be. */
export function labelled(
  label: string,
  values: Readonly<Record<string, number>>,
  names: readonly string[] = []
): Sample[] {
  const all = { ...Object.fromEntries(names.map((name) => [name, 0])), ...values }
  return Object.entries(all).map(([name, value]) => [{ [label]: name }, value])
}

function familyText<S>({ name, type, help }: Family<S>, samples: readonly Sample[]): string {
  const lines = samples.map(([labels, value]) => `${name}${labelText(labels)} ${numberText(value)}\n`)
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join('')}`
}

function labelText(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escapeLabel(value)}"`)
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`
}

function escapeLabel(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
}

function numberText(value: number): string {
  return Math.abs(value) === Number.POSITIVE_INFINITY ? (value > 0 ? '+Inf' : '-Inf') : String(value)
}
