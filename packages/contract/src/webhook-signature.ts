/** What marks a signing secret as base64 after it, in the Standard Webhooks specification. */
const SECRET_PREFIX = 'whsec_';

/** Shortest text that the specification's library for JavaScript decodes. */
const SHORTEST_BASE64 = 4;

/** How the key of `webhook-signature` is written down in a signing secret. */
export interface SigningKeyText {
  readonly encoding: 'base64' | 'utf8';
  /** Base64 stands here without padding. */
  readonly text: string;
}

/**
 * What a signing secret says about the key of `webhook-signature`, contract §5.
 *
 * As in the libraries of the Standard Webhooks specification, the key is what base64 after an optional `whsec_` decodes
 * to. They refuse a secret that is no base64; here its own UTF-8 bytes are the key then.
 */
export function signingKeyText(secret: string): SigningKeyText {
  const text = secret.startsWith(SECRET_PREFIX) ? secret.slice(SECRET_PREFIX.length) : secret;
  const unpadded = text.replace(/(?<!=)={1,2}$/, '');
  // A last character that begins no byte is not looked at by that library.
  const digits = unpadded.length % 4 === 1 ? unpadded.slice(0, -1) : unpadded;
  const isBase64 = text.length >= SHORTEST_BASE64 && /^[A-Za-z0-9+/]+$/.test(digits);
  return isBase64 ? { encoding: 'base64', text: digits } : { encoding: 'utf8', text: secret };
}

/** What stands before the body in the text that `webhook-signature` covers: `id.timestamp.`, contract §5. */
export function signedPrefix({ id, timestamp }: { readonly id: string; readonly timestamp: string }): string {
  return `${id}.${timestamp}.`;
}
