// The colours of the drawing: those of the style sheet, light or dark.

const names = [
  'link',
  'node',
  'other-side',
  'withholds',
  'dead',
  'ink',
  'soft',
  'line',
  'card',
  'flood',
  'trees',
  'danger'
] as const

export type Palette = Readonly<Record<(typeof names)[number], string>>

/** Canvases do not know variables, so we read their values from an element that has the colour. */
export function readPalette(): Palette {
  const probe = document.createElement('span')
  document.body.append(probe)
  const entries = names.map((name) => {
    probe.style.color = `var(--${name})`
    return [name, getComputedStyle(probe).color] as const
  })
  probe.remove()
  return Object.fromEntries(entries) as Palette
}

/** `onChange` is called when the colours may have changed. */
export function watchTheme(onChange: () => void): void {
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', onChange)
  document.getElementById('theme')?.addEventListener('click', () => {
    const root = document.documentElement
    root.dataset.theme = isDark() ? 'light' : 'dark'
    onChange()
  })
}

function isDark(): boolean {
  const { theme } = document.documentElement.dataset
  return theme === undefined ? matchMedia('(prefers-color-scheme: dark)').matches : theme === 'dark'
}
