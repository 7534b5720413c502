import { CountersignError } from '../countersign-error.js';

/**
 * WebCrypto, which signs and verifies.
 *
 * @throws {CountersignError} `crypto_unavailable` where it is missing, as on an http page in a browser
 */
export function openSubtleCrypto(): SubtleCrypto {
  const subtle: SubtleCrypto | undefined = globalThis.crypto?.subtle;
  if (subtle === undefined) {
    throw new CountersignError(
      'crypto_unavailable',
      'Nothing can be signed or verified here: crypto.subtle is missing. Browsers offer it on https pages and on localhost only.',
    );
  }
  return subtle;
}
