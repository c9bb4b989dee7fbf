// Certificate authorities and certificates as a private network's operator makes them.
import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
  X509Certificate
} from 'node:crypto'
import { readFileSync } from 'node:fs'
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
  id_kp_serverAuth,
  Name,
  RelativeDistinguishedName,
  SubjectPublicKeyInfo,
  TBSCertificate,
  Validity,
  Version
} from '@peculiar/asn1-x509'

const ED25519 = new AlgorithmIdentifier({ algorithm: '1.3.101.112' })

/** A certificate (PEM) and the key that it is for. */
export interface Issued {
  readonly name: string
  readonly key: KeyObject
  readonly pem: string
}

interface Wish {
  readonly name: string
  /** Whose key the certificate is for. */
  readonly key: KeyObject
  readonly isAuthority?: boolean
  readonly serverOnly?: boolean
  readonly until?: Date
}

export function createAuthority(name: string): Issued {
  return issue({ name, key: generateKeyPairSync('ed25519').privateKey, isAuthority: true })
}

/** A certificate (PEM) for the key in an identity file. */
export function certificateFor(identityFile: string, authority: Issued): string {
  return issue({ name: 'node', key: createPrivateKey(readFileSync(identityFile)) }, authority).pem
}

/** A certificate as `issuer` makes it; without one the key signs for itself. */
export function issue(wish: Wish, issuer: { readonly name: string; readonly key: KeyObject } = wish): Issued {
  const body = new TBSCertificate({
    version: Version.v3,
    serialNumber: new Uint8Array([1]).buffer,
    signature: ED25519,
    issuer: nameOf(issuer.name),
    validity: new Validity({ notBefore: new Date('2020-01-01'), notAfter: wish.until ?? new Date('2100-01-01') }),
    subject: nameOf(wish.name),
    subjectPublicKeyInfo: AsnConvert.parse(
      createPublicKey(wish.key).export({ format: 'der', type: 'spki' }),
      SubjectPublicKeyInfo
    ),
    extensions: extensionsOf(wish)
  })
  const signature = new Uint8Array(sign(null, Buffer.from(AsnConvert.serialize(body)), issuer.key))
  const whole = new Certificate({ tbsCertificate: body, signatureAlgorithm: ED25519, signatureValue: signature.buffer })
  return {
    name: wish.name,
    key: wish.key,
    pem: new X509Certificate(Buffer.from(AsnConvert.serialize(whole))).toString()
  }
}

function extensionsOf(wish: Wish): Extensions {
  const constraints = new BasicConstraints({ cA: wish.isAuthority ?? false })
  const critical = { critical: true, extnValue: new OctetString(AsnConvert.serialize(constraints)) }
  const extensions = new Extensions([new Extension({ extnID: id_ce_basicConstraints, ...critical })])
  if (wish.serverOnly !== true) return extensions
  const purposes = new OctetString(AsnConvert.serialize(new ExtendedKeyUsage([id_kp_serverAuth])))
  extensions.push(new Extension({ extnID: id_ce_extKeyUsage, critical: false, extnValue: purposes }))
  return extensions
}

function nameOf(text: string): Name {
  const value = new AttributeValue({ utf8String: text })
  return new Name([new RelativeDistinguishedName([new AttributeTypeAndValue({ type: '2.5.4.3', value })])])
}
