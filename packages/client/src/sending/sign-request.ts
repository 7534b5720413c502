import { baseString, isBodySigned, signedPath } from '@countersign/contract';
import { openSubtleCrypto } from './open-subtle-crypto.js';

const utf8 = new TextEncoder();

/** What {@link signRequest} signs. */
export interface SignRequestInput {
  /** HTTP method, in any case; it is signed in upper case. */
  readonly method: string;
  /** Path as on the wire, with or without query and `/partners` prefix; percent-encoding exactly as sent. */
  readonly path: string;
  /** The value of `x-timestamp`: Unix time in seconds, or in milliseconds where it has 12 digits or more. */
  readonly timestamp: number | string;
  /** The body exactly as sent; only POST, PUT and PATCH sign it. */
  readonly body?: string | Uint8Array | undefined;
  /** The app's client secret, as given by the server. */
  readonly clientSecret: string;
}

/** What {@link signedHeaders} signs and names. */
export interface SignedHeadersInput extends SignRequestInput {
  /** The app's client id. */
  readonly clientId: string;
}

/** The three headers every `/partners/*` request carries, contract §1.1. */
export interface SignatureHeaders {
  readonly 'x-client-id': string;
  readonly 'x-timestamp': string;
  readonly 'x-signature': string;
}

/**
 * The signature of one request: lowercase hex HMAC-SHA256 over `METHOD:path:timestamp:bodyHash`, contract §1.1.
 *
 * An absent or empty body is signed as the empty string.
 *
 * @throws {CountersignError} `crypto_unavailable` where WebCrypto is missing, as on an http page in a browser
 * @throws {TypeError} when the secret is empty
 */
export async function signRequest(input: SignRequestInput): Promise<string> {
  if (input.clientSecret === '') throw new TypeError('clientSecret must not be empty.');
  const method = input.method.toUpperCase();
  const text = baseString({
    method,
    path: signedPath(input.path),
    timestamp: String(input.timestamp),
    bodyHash: isBodySigned(method) ? await hashOfBody(bytesOfBody(input.body)) : '',
  });
  const subtle = openSubtleCrypto();
  const algorithm = { name: 'HMAC', hash: 'SHA-256' };
  const key = await subtle.importKey('raw', utf8.encode(input.clientSecret), algorithm, false, ['sign']);
  return hexOfBytes(await subtle.sign('HMAC', key, utf8.encode(text)));
}

/**
 * The three signing headers of one request, contract §1.1.
 *
 * @throws like {@link signRequest}
 */
export async function signedHeaders(input: SignedHeadersInput): Promise<SignatureHeaders> {
  return {
    'x-client-id': input.clientId,
    'x-timestamp': String(input.timestamp),
    'x-signature': await signRequest(input),
  };
}

/** The bytes a body is sent as: text in UTF-8, bytes as they are. */
export function bytesOfBody(body: string | Uint8Array | undefined): Uint8Array<ArrayBuffer> {
  // A copy: the caller may change its buffer between signing and sending.
  return typeof body === 'string' ? utf8.encode(body) : new Uint8Array(body ?? []);
}

async function hashOfBody(body: Uint8Array<ArrayBuffer>): Promise<string> {
  return body.length === 0 ? '' : hexOfBytes(await openSubtleCrypto().digest('SHA-256', body));
}

function hexOfBytes(buffer: ArrayBuffer): string {
  return Array.from(new Uint8Array(buffer), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
