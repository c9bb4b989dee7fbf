// What a terminal can show, as far as its environment says. Pure.

export interface Abilities {
  /** Web addresses can be clicked (OSC 8). */
  readonly links: boolean
  /** Use ASCII for our own signs: the locale is not UTF-8. */
  readonly ascii: boolean
}

/** Everything, as most present terminals. */
export const ALL_ABILITIES: Abilities = { links: true, ascii: false }

export function abilitiesOf(env: NodeJS.ProcessEnv): Abilities {
  return { links: takesLinks(env), ascii: foreignLocale(env) !== null }
}

/**
 * The setting which says that this terminal does not take UTF-8, such as `LANG=C`; null if it does, or if there is
 * none.
 */
export function foreignLocale(env: NodeJS.ProcessEnv): string | null {
  const name = ['LC_ALL', 'LC_CTYPE', 'LANG'].find((each) => (env[each] ?? '') !== '')
  if (name === undefined || /utf-?8/i.test(env[name] ?? '')) return null
  return `${name}=${env[name]}`
}

// Nearly all terminals support or ignore links. The Linux console and GNU screen show parts of them, and old versions
// of VTE crash.
function takesLinks({ TERM = '', TMUX, VTE_VERSION }: NodeJS.ProcessEnv): boolean {
  if (/^(?:linux|dumb|vt\d|cons|sun|eterm)/.test(TERM)) return false
  if (TERM.startsWith('screen') && TMUX === undefined) return false
  return VTE_VERSION === undefined || Number(VTE_VERSION) >= 5000
}
