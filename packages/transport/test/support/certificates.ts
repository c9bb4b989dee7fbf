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
  Extension,
  Extensions,
  id_ce_basicConstraints,
  Name,
  RelativeDistinguishedName,
  SubjectPublicKeyInfo,
  TBSCertificate,
  Validity,
  Version
} from '@peculiar/asn1-x509'

const ED25519 = new AlgorithmIdentifier({ algorithm: '1.3.101.112' })

export interface Authority {
  readonly name: string
  readonly key: KeyObject
  readonly pem: string
}

export function createAuthority(name: string): Authority {
  const key = generateKeyPairSync('ed25519').privateKey
  return { name, key, pem: issue({ name, key, isAuthority: true }, { name, key }) }
}

/** A certificate (PEM) for the key in an identity file. */
export function certificateFor(identityFile: string, authority: Authority): string {
  return issue({ name: 'node', key: createPrivateKey(readFileSync(identityFile)), isAuthority: false }, authority)
}

interface Wish {
  readonly name: string
  readonly key: KeyObject
  readonly isAuthority: boolean
}

function issue({ name, key, isAuthority }: Wish, issuer: { readonly name: string; readonly key: KeyObject }): string {
  const constraints = new BasicConstraints({ cA: isAuthority })
  const tbsCertificate = new TBSCertificate({
    version: Version.v3,
    serialNumber: new Uint8Array([1]).buffer,
    signature: ED25519,
    issuer: nameOf(issuer.name),
    validity: new Validity({ notBefore: new Date('2020-01-01'), notAfter: new Date('2100-01-01') }),
    subject: nameOf(name),
    subjectPublicKeyInfo: AsnConvert.parse(
      createPublicKey(key).export({ format: 'der', type: 'spki' }),
      SubjectPublicKeyInfo
    ),
    extensions: new Extensions([
      new Extension({
        extnID: id_ce_basicConstraints,
        critical: true,
        extnValue: new OctetString(AsnConvert.serialize(constraints))
      })
    ])
  })
  const signature = new Uint8Array(sign(null, Buffer.from(AsnConvert.serialize(tbsCertificate)), issuer.key))
  const whole = new Certificate({ tbsCertificate, signatureAlgorithm: ED25519, signatureValue: signature.buffer })
  return new X509Certificate(Buffer.from(AsnConvert.serialize(whole))).toString()
}

function nameOf(text: string): Name {
  const value = new AttributeValue({ utf8String: text })
  return new Name([new RelativeDistinguishedName([new AttributeTypeAndValue({ type: '2.5.4.3', value })])])
}
