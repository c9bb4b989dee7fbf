// Which names look alike: two with the same skeleton would be taken for one person. After the idea of Unicode's UTS #39 with a small table of
// what is drawn the same in most fonts; its whole table has 6,000 entries and mostly covers symbols. Pure.

/** Equal for names that people would take for the same. Never shown. */
export function skeletonOf(name: string): string {
  const plain = withoutSigns(name.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase())
  return [...plain]
    .map((char) => TWINS.get(char) ?? char)
    .join('')
    .replace(/rn/g, 'm')
    .replace(/vv/g, 'w')
}

// A dot, a tick or a heart makes no other person; a name of nothing else stays as it is.
function withoutSigns(name: string): string {
  return name.replace(/[\p{P}\p{S}]/gu, '') || name
}

// Each Latin letter with letters of other scripts, and digits, that look like it in lower or upper case.
const LOOKALIKES: Readonly<Record<string, string>> = {
  a: 'аαɑ',
  b: 'ьвβƅ',
  c: 'сϲς',
  d: 'ԁ',
  e: 'еєε',
  g: 'ɡ',
  h: 'һнη',
  i: 'іιı1lӏ',
  j: 'јϳ',
  k: 'кκ',
  m: 'мμ',
  n: 'пո',
  o: 'о0οσօ',
  p: 'рρ',
  q: 'ԛ',
  r: 'гѓ',
  s: 'ѕ5',
  t: 'тτ',
  u: 'υսц',
  v: 'ѵν',
  w: 'ԝω',
  x: 'хχ',
  y: 'уүγ',
  z: 'ζ'
}

const TWINS = new Map(
  Object.entries(LOOKALIKES).flatMap(([char, twins]) => [...twins].map((twin) => [twin, char] as const))
)
