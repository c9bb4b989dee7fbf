// No circle in any folder: its files and folders, seen as rooms, import each other in one direction only, so that each
// can be read after those that it stands on. Type imports count as well: a reader follows them too.
import { posix } from 'node:path'
import { importsOf, type SourceFile } from './syntax.ts'

/** From a room to the rooms that it imports, by their names within one folder. */
type Rooms = Map<string, Set<string>>

/** A line for each circle: the folder, and the rooms along the circle. */
export function findCircles(files: readonly SourceFile[]): string[] {
  return [...roomsOf(files)].flatMap(([folder, rooms]) => {
    const circle = circleIn(rooms)
    return circle === null ? [] : [`${folder}: ${circle.join(' -> ')}`]
  })
}

/** The rooms of each folder. An import is an arrow in the one folder where its two ends part. */
function roomsOf(files: readonly SourceFile[]): Map<string, Rooms> {
  const folders = new Map<string, Rooms>()
  for (const file of files) {
    for (const name of importsOf(file)) {
      if (!name.startsWith('.')) continue
      const [folder, from, to] = whereTheyPart(file.path, posix.join(posix.dirname(file.path), name))
      const rooms = folders.get(folder) ?? new Map<string, Set<string>>()
      folders.set(folder, rooms)
      rooms.set(from, (rooms.get(from) ?? new Set()).add(to))
    }
  }
  return folders
}

function whereTheyPart(from: string, to: string): [folder: string, from: string, to: string] {
  const [own, target] = [from.split('/'), to.split('/')]
  const depth = own.findIndex((name, index) => name !== target[index])
  return [own.slice(0, depth).join('/'), own[depth] ?? '', target[depth] ?? '']
}

/** One circle, its first room named again at its end; null when there is none. */
function circleIn(rooms: Rooms): string[] | null {
  const done = new Set<string>()
  for (const room of rooms.keys()) {
    const circle = follow(rooms, room, [], done)
    if (circle !== null) return circle
  }
  return null
}

function follow(rooms: Rooms, room: string, way: readonly string[], done: Set<string>): string[] | null {
  if (way.includes(room)) return [...way.slice(way.indexOf(room)), room]
  if (done.has(room)) return null
  for (const next of rooms.get(room) ?? []) {
    const circle = follow(rooms, next, [...way, room], done)
    if (circle !== null) return circle
  }
  done.add(room)
  return null
}
