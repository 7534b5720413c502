/** What marks a signing secret as base64 after it, in the Standard Webhooks specification. */
const SECRET_PREFIX = 'whsec_';

/** Base64 as the specification's libraries take it: the standard alphabet, padded or not. */
const BASE64 = /^[A-Za-z0-9+/]{2,}={0,2}$/;

/** How the key of `webhook-signature` is written down in a signing secret. */
export interface SigningKeyText {
  readonly encoding: 'base64' | 'utf8';
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
  return BASE64.test(text) ? { encoding: 'base64', text } : { encoding: 'utf8', text: secret };
}

/** What stands before the body in the text that `webhook-signature` covers: `id.timestamp.`, contract §5. */
export function signedPrefix({ id, timestamp }: { readonly id: string; readonly timestamp: string }): string {
  return `${id}.${timestamp}.`;
}
