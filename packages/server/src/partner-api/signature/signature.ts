import { createHmac, hash, type KeyObject, timingSafeEqual } from 'node:crypto';
import { baseString, isBodySigned, signedPath } from '@countersign/contract';
import { reserialized, scanJson, withoutEndSpace } from './json-text.js';

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
/** A body that nobody has proved is parsed up to this many bytes, and nested so deep: well under a millisecond. */
const PARSED_BYTES = 8_192;
const PARSED_NESTING = 32;
/** A body that nobody has proved is looked over for white space up to this many bytes: well under a millisecond. */
const SCANNED_BYTES = 131_072;

/** Whether a text can be a signature at all: 64 digits of lower-case hex. */
export function isSignatureForm(text: string): boolean {
  return SIGNATURE_FORM.test(text);
}

/** Whether a body may be parsed before it is known who sent it, contract §1.1. */
export function isCheaplyParsed(body: Buffer): boolean {
  return body.length <= PARSED_BYTES && scanJson(body).nesting <= PARSED_NESTING;
}

/** Lowercase hex SHA-256 of the body as the rule has it: empty for methods whose body is not signed, contract §1.1. */
export function bodyHashOf({ method, body }: ReceivedRequest): string {
  return isBodySigned(method) ? hash('sha256', body, 'hex') : '';
}

/** HMAC-SHA256 of a base string. */
export function hmac(key: KeyObject | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

/**
 * Whether a signature is good under one of an app's live secrets, by the rule or by one of the variants that shipped
 * clients need, contract §1.1. Compares in constant time.
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
  if (!isSignatureForm(signature)) return false;
  const given = Buffer.from(signature, 'hex');
  const matches = (hashOfBody: string) => {
    const text = baseStringOf(request, hashOfBody);
    return keys.some((key) => timingSafeEqual(hmac(key, text), given));
  };
  return matches(bodyHash) || isVariantGood(request, matches);
}

/** The base string of a request with a given body hash. */
export function baseStringOf({ method, target, timestamp }: ReceivedRequest, bodyHash: string): string {
  return baseString({ method, path: signedPath(target), timestamp, bodyHash });
}

function isVariantGood({ method, body }: ReceivedRequest, matches: (hashOfBody: string) => boolean): boolean {
  if (body.length === 0 || (body.length === 2 && body.toString('latin1') === '{}')) {
    return matches('') || matches(SHA256_OF_EMPTY_OBJECT);
  }
  if (!isBodySigned(method)) return false;
  const trimmed = withoutEndSpace(body);
  if (trimmed.length < body.length && matches(hash('sha256', trimmed, 'hex'))) return true;
  return isReserialized(body, (text) => matches(hash('sha256', text, 'hex')));
}

// A larger body is parsed only once its bytes without white space have proved who sent it.
function isReserialized(body: Buffer, isProved: (text: string | Buffer) => boolean): boolean {
  if (body.length > SCANNED_BYTES) return false;
  const { compact, nesting } = scanJson(body);
  if (body.length > PARSED_BYTES) {
    return isProved(compact) && reserialized(body) === compact.toString('utf8');
  }
  const canonical = nesting > PARSED_NESTING ? undefined : reserialized(body);
  return canonical !== undefined && isProved(canonical);
}
