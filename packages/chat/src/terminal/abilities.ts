// What a terminal can show, as far as its environment tells. Pure.

export interface Abilities {
  /** Web addresses can be clicked (OSC 8). */
  readonly links: boolean
  /** Our own signs in ASCII: the locale is none of UTF-8. */
  readonly ascii: boolean
}

/** Everything, as most terminals of today. */
export const ALL_ABILITIES: Abilities = { links: true, ascii: false }

export function abilitiesOf(env: NodeJS.ProcessEnv): Abilities {
  return { links: takesLinks(env), ascii: foreignLocale(env) !== null }
}

/** The setting that says that this terminal does not take UTF-8, as `LANG=C`; null when it does, or none says. */
export function foreignLocale(env: NodeJS.ProcessEnv): string | null {
  const name = ['LC_ALL', 'LC_CTYPE', 'LANG'].find((each) => (env[each] ?? '') !== '')
  if (name === undefined || /utf-?8/i.test(env[name] ?? '')) return null
  return `${name}=${env[name]}`
}

// Nearly all take them or ignore them. The Linux console and GNU screen show parts of them, old versions of VTE crash.
function takesLinks({ TERM = '', TMUX, VTE_VERSION }: NodeJS.ProcessEnv): boolean {
  if (/^(?:linux|dumb|vt\d|cons|sun|eterm)/.test(TERM)) return false
  if (TERM.startsWith('screen') && TMUX === undefined) return false
  return VTE_VERSION === undefined || Number(VTE_VERSION) >= 5000
}
