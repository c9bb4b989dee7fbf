// Elements of the page. Whatever comes from the network becomes text, never markup.

/** The element of the page with this id. */
export function byId(id: string): HTMLElement {
  const found = document.getElementById(id)
  if (found === null) throw new Error(`the page has no #${id}`)
  return found
}

export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  className = '',
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag)
  if (className !== '') made.className = className
  // Strings become text nodes.
  made.append(...children)
  return made
}

/** Changes nothing if the text is there already, so that a selection stays. */
export function setText(target: HTMLElement, text: string): void {
  if (target.textContent !== text) target.textContent = text
}

/** A figure in readable form; pointing at it shows the exact value. */
export function setFigure(target: HTMLElement, text: string, exact: number | null): void {
  setText(target, text)
  if (exact === null) return
  target.dataset.value = String(exact)
  target.title = exact.toLocaleString()
}
