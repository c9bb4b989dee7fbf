// Makes the certificate of a node that was given none. It carries the node's key and nothing else that anyone should
// trust.
import { createPrivateKey, createPublicKey, randomBytes, sign, X509Certificate } from 'node:crypto'
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
  KeyUsage,
  KeyUsageFlags,
  Name,
  RelativeDistinguishedName,
  SubjectPublicKeyInfo,
  TBSCertificate,
  Validity,
  Version
} from '@peculiar/asn1-x509'
import { LINK_PURPOSES } from './certificate.ts'
import type { Identity } from './identity.ts'

const ED25519 = '1.3.101.112'
const COMMON_NAME = '2.5.4.3'
/**
 * RFC 5280, 4.1.2.5: "no well-defined expiration date". The key is the name, so no clock decides whether it is valid.
 */
const ALWAYS = { notBefore: new Date('1970-01-01T00:00:00Z'), notAfter: new Date('9999-12-31T23:59:59Z') }

/** A certificate (PEM) with which `identity` vouches for its own key, valid for both ends of a link. */
export function selfSignedCertificate(identity: Identity): string {
  const key = createPrivateKey(identity.privateKeyPem)
  const tbsCertificate = certificateBody(identity.id, createPublicKey(key).export({ format: 'der', type: 'spki' }))
  const signatureAlgorithm = new AlgorithmIdentifier({ algorithm: ED25519 })
  const signatureValue = exactBuffer(sign(null, Buffer.from(AsnConvert.serialize(tbsCertificate)), key))
  return toPem(AsnConvert.serialize(new Certificate({ tbsCertificate, signatureAlgorithm, signatureValue })))
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
    extension(id_ce_extKeyUsage, false, new ExtendedKeyUsage(LINK_PURPOSES))
  ])
}

function extension(extnID: string, critical: boolean, value: object): Extension {
  return new Extension({ extnID, critical, extnValue: new OctetString(AsnConvert.serialize(value)) })
}

// Positive and without leading zeros, as DER requires of integers: the first byte is between 0x40 and 0x7f.
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
