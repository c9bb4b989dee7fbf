// X.509 certificates of TLS links: whose key they carry, and whether our own will do. Knows nothing of how they are
// made, so that the workers, which only read them, need not load the code that makes them.
import { X509Certificate } from 'node:crypto'
import { FloodnetError } from '@floodnet/core'
import { type Identity, rawPublicKey } from './identity.ts'

/** RFC 5280, 4.2.1.12: serverAuth and clientAuth. A node is the server of some links and the client of others. */
export const LINK_PURPOSES = ['1.3.6.1.5.5.7.3.1', '1.3.6.1.5.5.7.3.2']
const PEM_BLOCK = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g

/** The raw 32 bytes of the Ed25519 key that a certificate is for; null for a key of another kind. */
export function publicKeyOf(certificate: X509Certificate): Uint8Array | null {
  try {
    return rawPublicKey(certificate.publicKey)
  } catch {
    // OpenSSL does not know this kind of key, so it is not ours either.
    return null
  }
}

/**
 * Checks at start-up what peers will check at every handshake, where a closed link would be the only sign.
 * @param certPem this node's certificate, then those between it and the authority, each issued by the next one.
 * @throws ERR_FLOODNET_CERTIFICATE saying what is wrong.
 */
export function checkOwnCertificate(
  certPem: string,
  caPem: string,
  identity: Identity,
  nowMs: number = Date.now()
): void {
  const chain = [...parseCertificates('cert', certPem), ...parseCertificates('ca', caPem).slice(0, 1)]
  const own = chain[0]
  if (own === undefined || chain.length < 2) throw new TypeError('both are parsed, so both are there')
  checkKey(own, identity)
  checkPurpose(own)
  for (const [index, certificate] of chain.entries()) {
    checkValidity(certificate, nowMs)
    checkIssuer(certificate, chain[index + 1])
  }
}

function parseCertificates(option: 'cert' | 'ca', pem: string): X509Certificate[] {
  const blocks = pem.match(PEM_BLOCK)
  if (blocks === null) throw certificateError(option, `option ${option} holds no PEM certificate`)
  try {
    return blocks.map((block) => new X509Certificate(block))
  } catch (cause) {
    throw certificateError(
      option,
      `option ${option} holds a certificate that cannot be read: ${(cause as Error).message}`,
      cause
    )
  }
}

function checkKey(own: X509Certificate, identity: Identity): void {
  const key = publicKeyOf(own)
  if (key !== null && Buffer.compare(key, identity.publicKey) === 0) return
  const found = key === null ? 'is not for an Ed25519 key' : `is for the key ${Buffer.from(key).toString('hex')}`
  throw certificateError(
    'cert',
    `option cert ${found}, but the identity is ${identity.id}: have a certificate issued for the key of the identity file`
  )
}

// Without the extension, a certificate is good for every purpose.
function checkPurpose(own: X509Certificate): void {
  const purposes = own.keyUsage as string[] | undefined
  if (purposes === undefined || LINK_PURPOSES.every((purpose) => purposes.includes(purpose))) return
  throw certificateError(
    'cert',
    'option cert must be usable as a TLS server and as a TLS client (extendedKeyUsage serverAuth, clientAuth)'
  )
}

function checkValidity(certificate: X509Certificate, nowMs: number): void {
  if (nowMs >= Date.parse(certificate.validFrom) && nowMs <= Date.parse(certificate.validTo)) return
  const period = `from ${certificate.validFrom} to ${certificate.validTo}`
  throw certificateError('cert', `the certificate of ${nameOf(certificate)} is valid ${period}, which is not now`)
}

function checkIssuer(certificate: X509Certificate, issuer: X509Certificate | undefined): void {
  if (issuer === undefined) return
  if (issuer.ca && certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey)) return
  throw certificateError(
    'cert',
    `the certificate of ${nameOf(certificate)} was not issued by ${nameOf(issuer)}, the next in option cert or the authority in option ca`
  )
}

function nameOf(certificate: X509Certificate): string {
  return certificate.subject === undefined || certificate.subject === ''
    ? 'no name'
    : certificate.subject.replaceAll('\n', ', ')
}

function certificateError(option: string, message: string, cause?: unknown): FloodnetError {
  return new FloodnetError('ERR_FLOODNET_CERTIFICATE', message, { subject: option, cause })
}
