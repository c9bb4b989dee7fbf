// A screen's model, and what it looks like as text.
import type { ScreenEvent } from '../../src/screens/screen.ts'
import { onKey } from '../../src/terminal/bindings.ts'
import type { Row } from '../../src/terminal/layout/tones.ts'
import { type Effect, type Model, newModel, onEvent } from '../../src/terminal/model/model.ts'
import { viewOf } from '../../src/terminal/view/view.ts'
import { NOON } from './screen-events.ts'

export const NOW = { at: NOON, ms: 0 }

export function modelWith(columns: number, rows: number, ...events: ScreenEvent[]): Model {
  const model = newModel({ columns, rows })
  model.prompt = 'bob: '
  showAll(model, ...events)
  return model
}

export function showAll(model: Model, ...events: ScreenEvent[]): Effect[] {
  return events.flatMap((event) => onEvent(model, event, NOW))
}

/** Presses keys by their names; a name in quotes is typed. */
export function press(model: Model, ...names: string[]): Effect[] {
  return names.flatMap((name) => {
    const text = /^"(.*)"$/s.exec(name)?.[1]
    return onKey(model, text === undefined ? { kind: 'press', name } : { kind: 'text', text }, NOW)
  })
}

/** The rows, without spaces at their ends. */
export function look(model: Model): string[] {
  return viewOf(model).rows.map((row) => textOf(row).trimEnd())
}

/** The rows of the conversation that are not empty, without the rule of the day. */
export function lookAtLog(model: Model): string[] {
  return look(model)
    .slice(1, -2)
    .filter((line) => line !== '' && !/^─+ \w+day,/.test(line))
}

export function textOf(row: Row): string {
  return row.map(({ text }) => text).join('')
}
