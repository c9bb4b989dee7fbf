// The transport's HPKE, by the names that the chat's own letters use.
import { hpke } from '@floodnet/transport'

export const {
  exportSecret,
  generateKeyPair,
  KEY_BYTES,
  keyPairFrom,
  open,
  seal,
  setupReceiver,
  setupSender,
  TAG_BYTES
} = hpke
export type KeyPair = hpke.KeyPair
