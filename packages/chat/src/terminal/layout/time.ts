// Times in readable form, in the machine's time zone.

/** Hours and minutes. */
export function timeOf(at: number): string {
  const date = new Date(at)
  return Number.isNaN(date.getTime()) ? '--:--' : `${padded(date.getHours())}:${padded(date.getMinutes())}`
}

/** The day, in full. */
export function dayOf(at: number): string {
  const date = new Date(at)
  return Number.isNaN(date.getTime()) ? 'some day' : DAY.format(date)
}

export function isSameDay(one: number, other: number): boolean {
  return one === other || new Date(one).toDateString() === new Date(other).toDateString()
}

// English only, like everything here.
const DAY = new Intl.DateTimeFormat('en-GB', { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' })

function padded(number: number): string {
  return `${number}`.padStart(2, '0')
}
