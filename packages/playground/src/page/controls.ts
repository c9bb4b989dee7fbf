// Buttons and fields: report what the visitor wants to the code that does it.
import { type Settings, settingBounds, settingsOf } from '../world/settings.ts'

export interface Wishes {
  write(): void
  kill(percent: number): void
  /** Cuts the network, or heals it if it is cut. */
  toggleCut(): void
  togglePause(): void
  skip(): void
  restart(settings: Settings): void
}

export class Controls {
  readonly #form = element<HTMLFormElement>('settings')

  constructor(wishes: Wishes) {
    const percent = element<HTMLInputElement>('percent')
    const kill = element('kill')
    percent.addEventListener('input', () => {
      kill.textContent = `Kill ${percent.value} %`
    })
    onClick('write', () => wishes.write())
    onClick('kill', () => wishes.kill(percent.valueAsNumber))
    onClick('cut', () => wishes.toggleCut())
    onClick('pause', () => wishes.togglePause())
    onClick('skip', () => wishes.skip())
    this.#form.addEventListener('submit', (event) => {
      event.preventDefault()
      wishes.restart(settingsOf(Object.fromEntries(new FormData(this.#form))))
    })
    onClick('share', share)
  }

  /** Simulated seconds for each real one. */
  get speed(): number {
    return Number(element<HTMLSelectElement>('speed').value)
  }

  showSettings(settings: Settings): void {
    for (const [name, value] of Object.entries(settings)) {
      const field = this.#form.elements.namedItem(name) as HTMLInputElement
      const [least, most] = settingBounds[name as keyof Settings]
      field.min = `${least}`
      field.max = `${most}`
      field.value = `${value}`
    }
    element('shared').textContent = ''
  }

  /** While the network grows, there is nothing to do to it. */
  setReady(isReady: boolean): void {
    for (const id of ['write', 'kill', 'cut', 'pause', 'skip']) element<HTMLButtonElement>(id).disabled = !isReady
  }

  showCut(isCut: boolean): void {
    press('cut', isCut, isCut ? 'Heal the cut' : 'Cut in two')
  }

  showPaused(isPaused: boolean): void {
    press('pause', isPaused, isPaused ? 'Play' : 'Pause')
  }
}

/** Browsers deny the clipboard to pages that came over plain http from another machine. */
async function share(): Promise<void> {
  try {
    await navigator.clipboard.writeText(location.href)
    element('shared').textContent = 'Copied.'
  } catch {
    element('shared').textContent = 'Copy the address of this page.'
  }
}

function press(id: string, isPressed: boolean, text: string): void {
  const button = element(id)
  button.setAttribute('aria-pressed', `${isPressed}`)
  button.textContent = text
}

function onClick(id: string, what: () => void): void {
  element(id).addEventListener('click', what)
}

export function element<T extends HTMLElement = HTMLElement>(id: string): T {
  const found = document.getElementById(id)
  if (found === null) throw new Error(`the page has no ${id}`)
  return found as T
}
