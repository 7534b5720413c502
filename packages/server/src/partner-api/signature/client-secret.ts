import { createSecretKey } from 'node:crypto';
import type { SigningApp } from '../app-directory.js';

/** Whether a text is a live secret of an app, compared in constant time. */
export function isSecretOf({ keys }: SigningApp, secret: string): boolean {
  if (secret === '') return false;
  const candidate = createSecretKey(Buffer.from(secret));
  return keys.map((key) => key.equals(candidate)).includes(true);
}
