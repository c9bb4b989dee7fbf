// Formats numbers for people.

const PREFIXES = ['', 'k', 'M', 'G', 'T']

/** Three digits and a prefix: `1.23 k`. */
export function short(value: number): string {
  let [scaled, step] = [value, 0]
  while (scaled >= 999.5 && step < PREFIXES.length - 1) [scaled, step] = [scaled / 1000, step + 1]
  const digits = step === 0 && Number.isInteger(scaled) ? 0 : scaled < 10 ? 2 : scaled < 100 ? 1 : 0
  return `${scaled.toFixed(digits)} ${PREFIXES[step]}`.trimEnd()
}

/** The same with a unit: `1.23 kB/s`, `1.23 k packets/s`. */
export function quantity(value: number, unit: string): string {
  const text = short(value)
  const isSymbol = unit.startsWith('B') && /\D$/.test(text)
  return isSymbol ? `${text}${unit}` : `${text} ${unit}`
}

/** A short time: `2.5 ms`, `250 ms`, `1.25 s`. */
export function delay(seconds: number): string {
  const ms = seconds * 1000
  if (ms >= 999.5) return `${seconds.toFixed(2)} s`
  return `${ms.toFixed(ms < 99.95 ? 1 : 0)} ms`
}

/** `0.5` is `50 %`. */
export function percent(share: number): string {
  return `${(share * 100).toFixed(share < 0.0995 ? 1 : 0)} %`
}

/** Two units at most: `2 d 3 h`. */
export function duration(seconds: number): string {
  const [days, hours, minutes] = [seconds / 86_400, (seconds / 3_600) % 24, (seconds / 60) % 60].map(Math.floor)
  if (days) return `${days} d ${hours} h`
  if (hours) return `${hours} h ${minutes} min`
  return minutes ? `${minutes} min` : `${Math.floor(seconds)} s`
}
