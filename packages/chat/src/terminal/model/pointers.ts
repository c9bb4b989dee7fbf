// The line in the conversation in front which says that something has arrived in another, and where. Pure.
import type { ScreenEvent } from '../../screens/screen.ts'
import type { Conversation, Conversations } from './conversations.ts'
import { nameOf } from './conversations.ts'

/** Something that this user did went elsewhere than where they typed it; null: it did not. */
export function pointerToOwn(conversations: Conversations, event: ScreenEvent): string | null {
  const place = elsewhere(conversations, event)
  if (place === null) return null
  if (event.kind === 'said' && event.state === 'sent') return `said to ${place.name}, sealed: ${place.key} goes there`
  const isOffer = event.kind === 'transfer' && event.direction === 'out' && event.state === 'offered'
  return isOffer ? `offered to ${place.name}: ${place.key} shows how it goes` : null
}

/** For a user who has not seen it yet: something has arrived for them. */
export function pointerToNews(conversations: Conversations, event: ScreenEvent): string | null {
  const place = elsewhere(conversations, event)
  if (place === null) return null
  if (event.kind === 'transfer') return `${place.name} offers you a file: ${place.key} or Alt+A goes there`
  const what = event.kind === 'message' && event.direct ? 'writes to you' : 'names you'
  return `${place.name} ${what}: ${place.key} or Alt+A goes there`
}

function elsewhere({ list, current }: Conversations, event: ScreenEvent): { name: string; key: string } | null {
  if (!('conversation' in event) || event.conversation === current.key) return null
  const index = list.findIndex(({ key }) => key === event.conversation)
  const conversation: Conversation | undefined = list[index]
  if (conversation === undefined) return null
  return { name: nameOf(conversation), key: index < 10 ? `Alt+${(index + 1) % 10}` : 'Ctrl+N' }
}
