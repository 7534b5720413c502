import { createHmac, hash, type KeyObject, timingSafeEqual } from 'node:crypto';
import { baseString, isBodySigned, signedPath } from '@countersign/contract';

/** What of a request its signature covers, as received. */
export interface ReceivedRequest {
  readonly method: string;
  /** Path and query as on the wire. */
  readonly target: string;
  readonly timestamp: string;
  readonly body: Buffer;
}

const SHA256_OF_EMPTY_OBJECT = hash('sha256', '{}', 'hex');
const SIGNATURE_FORM = /^[0-9a-f]{64}$/;

/** Lowercase hex SHA-256 of the body as the rule has it: empty for methods whose body is not signed, contract §1.1. */
export function bodyHashOf({ method, body }: ReceivedRequest): string {
  return isBodySigned(method) ? hash('sha256', body, 'hex') : '';
}

/** HMAC-SHA256 of a base string. */
export function hmac(key: KeyObject | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

/**
 * Whether a signature is good under one of an app's live secrets, by the rule or by one of the two variants that
 * shipped clients need, contract §1.1. Compares in constant time.
 *
 * @param bodyHash as {@link bodyHashOf} gives it
 */
export function isSignatureGood(
  request: ReceivedRequest,
  {
    signature,
    bodyHash,
    keys,
  }: { readonly signature: string; readonly bodyHash: string; readonly keys: readonly KeyObject[] },
): boolean {
  if (!SIGNATURE_FORM.test(signature)) return false;
  const given = Buffer.from(signature, 'hex');
  const matches = (hashOfBody: string) => {
    const text = baseStringOf(request, hashOfBody);
    return keys.some((key) => timingSafeEqual(hmac(key, text), given));
  };
  return matches(bodyHash) || variantHashes(request).some(matches);
}

/** The base string of a request with a given body hash. */
export function baseStringOf({ method, target, timestamp }: ReceivedRequest, bodyHash: string): string {
  return baseString({ method, path: signedPath(target), timestamp, bodyHash });
}

function variantHashes({ method, body }: ReceivedRequest): string[] {
  if (body.length === 0 || (body.length === 2 && body.toString('latin1') === '{}')) return ['', SHA256_OF_EMPTY_OBJECT];
  if (!isBodySigned(method)) return [];
  const canonical = reserialized(body);
  return canonical === undefined ? [] : [hash('sha256', canonical, 'hex')];
}

/** A JSON body as `JSON.stringify` writes it; undefined when it is not JSON. */
export function reserialized(body: Buffer): string | undefined {
  try {
    return JSON.stringify(JSON.parse(body.toString('utf8')));
  } catch {
    return undefined;
  }
}
