// Stands in for 'uvu' in the bundled tests: the same interface, but it tells an observer what uvu keeps to itself,
// namely which test is running, which hook threw, what was skipped and why, and which suite was never run.
import * as uvu from 'uvu'

const watched = []
let observe = () => {}

export const { exec } = uvu
export const test = watch(uvu.test, '')

export function suite(title = '', context = {}) {
  return watch(uvu.suite(title, context), title)
}

export function observeTests(observer) {
  observe = observer
}

/** Suites with tests that no `.run()` has taken up. */
export function suitesNotRun() {
  return watched.filter((entry) => entry.waiting > 0).map(({ title, waiting }) => ({ title, tests: waiting }))
}

function watch(inner, title) {
  const entry = { title, waiting: 0 }
  watched.push(entry)
  const add = (name, handler) => {
    entry.waiting++
    inner(name, announced(name, handler))
  }
  return Object.assign(add, {
    only(name, handler) {
      entry.waiting++
      observe({ kind: 'only', name })
      inner.only(name, announced(name, handler))
    },
    skip(name = '') {
      observe({ kind: 'skipped', name })
      inner.skip()
    },
    before: watchedHook(inner.before, title, 'before'),
    after: watchedHook(inner.after, title, 'after'),
    run() {
      entry.waiting = 0
      inner.run()
    }
  })
}

function announced(name, handler) {
  return async (context) => {
    observe({ kind: 'started', name })
    await handler(context)
  }
}

function watchedHook(inner, title, when) {
  const hook = (handler) => inner(guarded(handler, title, when))
  return Object.assign(hook, { each: (handler) => inner.each(guarded(handler, title, `${when}.each`)) })
}

// uvu swallows what a before hook throws, and what after.each throws behind a failing test.
function guarded(handler, title, when) {
  return async (context) => {
    try {
      await handler(context)
    } catch (error) {
      observe({ kind: 'hook-threw', title, when, error: error?.stack ?? String(error) })
      throw error
    }
  }
}
