import { createHmac, createSecretKey, hkdfSync } from 'node:crypto';

/** Makes a name for a text that nobody can read it from, the same in every process with the same master key. */
export type PrivateName = (text: string) => string;

/** Names of 132 bits, under a key that only this purpose has. */
export function privateNames(masterKey: Buffer): PrivateName {
  const key = createSecretKey(Buffer.from(hkdfSync('sha256', masterKey, '', 'countersign private names', 32)));
  return (text) => createHmac('sha256', key).update(text).digest('base64url').slice(0, 22);
}
