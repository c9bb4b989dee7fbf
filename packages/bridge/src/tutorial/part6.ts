// The envelopes of the tutorial's part 6: proof of work around a message that its author's RSA key signed. We recognise
// and verify them, but make none here. Encrypted ones are for one reader, and no bridge can open them.
import { createHash, createPublicKey, verify } from 'node:crypto'

export type Part6Reading =
  | { readonly kind: 'signed'; readonly text: string; readonly from: string; readonly digest: string }
  | { readonly kind: 'bad'; readonly reason: 'bad-work' | 'bad-signature' | 'sealed' }
  /** Not of part 6 at all. */
  | { readonly kind: 'other' }

/** Part 6 asks for 64 hashes for each byte of the message, and 124 more. */
const HASHES_PER_BYTE = 64
const HASHES_MORE = 124
const MAX_UINT32 = 0xffffffff
/** An RSA key of 4096 bits, as PEM in base64, has 1080 characters; there is room for 16,384 bits. */
const MAX_KEY_CHARACTERS = 4_096
/** Which characters of the key's PEM part 6 shows as its owner's name. */
const SNIPPET = [100, 140] as const
/** The end of a message as Go writes it; its author signed it with null for the signature. */
const SIGNED_END = /,"Signature":"[A-Za-z0-9+/=]*","Nonce":(-?\d+)\}$/

export function readPart6(payload: Uint8Array, value: unknown): Part6Reading {
  if (!isWorked(value)) return { kind: 'other' }
  const message = Buffer.from(value.Message, 'base64')
  if (!provesWork(payload, message.length)) return { kind: 'bad', reason: 'bad-work' }
  return value.Encrypted ? { kind: 'bad', reason: 'sealed' } : readSigned(message.toString('utf8'))
}

/** The first 32 bits of the payload's SHA-256 have to be this large, as in about one of 64 x length + 124 hashes. */
export function difficultyOf(messageBytes: number): number {
  return Math.floor(MAX_UINT32 - MAX_UINT32 / (HASHES_PER_BYTE * messageBytes + HASHES_MORE))
}

function provesWork(payload: Uint8Array, messageBytes: number): boolean {
  return createHash('sha256').update(payload).digest().readUInt32BE() >= difficultyOf(messageBytes)
}

function readSigned(message: string): Part6Reading {
  const fields = parsed(message)
  if (!isSigned(fields) || !isSignedBy(fields, message)) return { kind: 'bad', reason: 'bad-signature' }
  const digest = createHash('sha256').update(message).digest('hex')
  return { kind: 'signed', text: fields.Text, from: snippetOf(fields.From), digest }
}

function isSignedBy({ From: from, Signature: signature }: Signed, message: string): boolean {
  const signed = message.replace(SIGNED_END, ',"Signature":null,"Nonce":$1}')
  if (signed === message || from.length > MAX_KEY_CHARACTERS) return false
  try {
    // Go calls it an RSA public key, but it contains the SubjectPublicKeyInfo of any kind of key, which has another
    // heading.
    const pem = pemOf(from).replaceAll('RSA PUBLIC KEY', 'PUBLIC KEY')
    const key = createPublicKey(pem)
    return (
      key.asymmetricKeyType === 'rsa' && verify('sha256', Buffer.from(signed), key, Buffer.from(signature, 'base64'))
    )
  } catch {
    // Something that is not a key signed nothing.
    return false
  }
}

function snippetOf(from: string): string {
  return pemOf(from).slice(...SNIPPET)
}

function pemOf(from: string): string {
  return Buffer.from(from, 'base64').toString('latin1')
}

interface Worked {
  readonly Nonce: number
  readonly Encrypted: boolean
  readonly Message: string
}

interface Signed {
  readonly Text: string
  readonly From: string
  readonly Signature: string
}

function isWorked(value: unknown): value is Worked {
  if (typeof value !== 'object' || value === null) return false
  const { Nonce: nonce, Encrypted: encrypted, Message: message } = value as Record<string, unknown>
  return typeof nonce === 'number' && typeof encrypted === 'boolean' && typeof message === 'string'
}

function isSigned(value: unknown): value is Signed {
  if (typeof value !== 'object' || value === null) return false
  const { Text: text, From: from, Signature: signature } = value as Record<string, unknown>
  return typeof text === 'string' && typeof from === 'string' && typeof signature === 'string'
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
