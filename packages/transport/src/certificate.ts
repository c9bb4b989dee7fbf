// X.509 certificates for TLS links. They carry the node's key and nothing that anyone should trust besides it.
import { createPrivateKey, createPublicKey, randomBytes, sign, X509Certificate } from 'node:crypto'
import { FloodnetError } from '@floodnet/core'
import { AsnConvert, OctetString } from '@peculiar/asn1-schema'
import {
  AlgorithmIdentifier,
  AttributeTypeAndValue,
  AttributeValue,
  BasicConstraints,
  Certificate,
  ExtendedKeyUsage,
  Extension,
  Extensions,
  id_ce_basicConstraints,
  id_ce_extKeyUsage,
  id_ce_keyUsage,
  id_kp_clientAuth,
  id_kp_serverAuth,
  KeyUsage,
  KeyUsageFlags,
  Name,
  RelativeDistinguishedName,
  SubjectPublicKeyInfo,
  TBSCertificate,
  Validity,
  Version
} from '@peculiar/asn1-x509'
import { type Identity, rawPublicKey } from './identity.ts'

const ED25519 = '1.3.101.112'
const COMMON_NAME = '2.5.4.3'
/** RFC 5280, 4.1.2.5: "no well-defined expiration date". The key is the name, so no clock decides whether it is valid. */
const ALWAYS = { notBefore: new Date('1970-01-01T00:00:00Z'), notAfter: new Date('9999-12-31T23:59:59Z') }
const PEM_BLOCK = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g

/** A certificate (PEM) in which `identity` vouches for its own key, good for both ends of a link. */
export function selfSignedCertificate(identity: Identity): string {
  const key = createPrivateKey(identity.privateKeyPem)
  const tbsCertificate = certificateBody(identity.id, createPublicKey(key).export({ format: 'der', type: 'spki' }))
  const signatureAlgorithm = new AlgorithmIdentifier({ algorithm: ED25519 })
  const signatureValue = exactBuffer(sign(null, Buffer.from(AsnConvert.serialize(tbsCertificate)), key))
  return toPem(AsnConvert.serialize(new Certificate({ tbsCertificate, signatureAlgorithm, signatureValue })))
}

/** The raw 32 bytes of the Ed25519 key that a certificate is for; null when its key is of another kind. */
export function publicKeyOf(certificate: X509Certificate): Uint8Array | null {
  try {
    return rawPublicKey(certificate.publicKey)
  } catch {
    // OpenSSL knows no such kind of key, so it is not ours either.
    return null
  }
}

/**
 * Checks at the start what peers will check at every handshake, where only a closed link would tell.
 * @param certPem this node's certificate, then those between it and the authority, each issued by the next.
 * @throws ERR_FLOODNET_CERTIFICATE saying what does not fit.
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

function certificateBody(commonName: string, publicKeyInfo: Buffer): TBSCertificate {
  const name = new Name([
    new RelativeDistinguishedName([
      new AttributeTypeAndValue({ type: COMMON_NAME, value: new AttributeValue({ utf8String: commonName }) })
    ])
  ])
  return new TBSCertificate({
    version: Version.v3,
    serialNumber: randomSerial(),
    signature: new AlgorithmIdentifier({ algorithm: ED25519 }),
    issuer: name,
    validity: new Validity(ALWAYS),
    subject: name,
    subjectPublicKeyInfo: AsnConvert.parse(publicKeyInfo, SubjectPublicKeyInfo),
    extensions: linkExtensions()
  })
}

function linkExtensions(): Extensions {
  return new Extensions([
    extension(id_ce_basicConstraints, true, new BasicConstraints({ cA: false })),
    extension(id_ce_keyUsage, true, new KeyUsage(KeyUsageFlags.digitalSignature)),
    extension(id_ce_extKeyUsage, false, new ExtendedKeyUsage([id_kp_serverAuth, id_kp_clientAuth]))
  ])
}

function extension(extnID: string, critical: boolean, value: object): Extension {
  return new Extension({ extnID, critical, extnValue: new OctetString(AsnConvert.serialize(value)) })
}

// Positive and without leading zeros, as DER wants integers: the first byte lies between 0x40 and 0x7f.
function randomSerial(): ArrayBuffer {
  const serial = randomBytes(16)
  serial.writeUInt8((serial.readUInt8(0) & 0x3f) | 0x40)
  return exactBuffer(serial)
}

function exactBuffer(bytes: Uint8Array): ArrayBuffer {
  return new Uint8Array(bytes).buffer
}

function toPem(der: ArrayBuffer): string {
  return new X509Certificate(Buffer.from(der)).toString()
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

// A node is the server of some links and the client of others. Without the extension a certificate is good for all.
function checkPurpose(own: X509Certificate): void {
  const purposes = own.keyUsage as string[] | undefined
  if (purposes === undefined || [id_kp_serverAuth, id_kp_clientAuth].every((purpose) => purposes.includes(purpose)))
    return
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
