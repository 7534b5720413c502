import type { WebhookEvent } from '@countersign/contract';
import { signedPrefix, signingKeyText } from '@countersign/contract';
import { isRecord } from '../is-record.js';
import { openSubtleCrypto } from '../sending/open-subtle-crypto.js';
import { readSignatureParts, type SignatureParts, type WebhookHeaders } from './webhook-headers.js';
import { WebhookVerificationError } from './webhook-verification-error.js';

const HMAC = { name: 'HMAC', hash: 'SHA-256' };
const DEFAULT_TOLERANCE_SECONDS = 300;

const utf8 = new TextEncoder();

/** What {@link verifyWebhook} can be told beside a secret. */
export interface VerifyWebhookOptions {
  /** The signing secret as it was given to the server; several while one is being rotated. */
  readonly secret: string | readonly string[];
  /** How far `webhook-timestamp` may be from this clock, either way, in seconds; 300 by default. */
  readonly toleranceSeconds?: number | undefined;
  /** Refuses a delivery that carries `X-Webhook-Signature` alone, which does not say when it was sent. */
  readonly requireTimestamp?: boolean | undefined;
  /** The clock, Unix time in milliseconds; `Date.now` by default. */
  readonly now?: (() => number) | undefined;
}

/**
 * Verifies that a delivery comes from the server, unchanged and not long ago, and gives its event, contract §5.
 *
 * Goes by the headers of the Standard Webhooks specification; where all of them are absent, by `X-Webhook-Signature`
 * alone. A delivery may come more than once: remember its `id`.
 *
 * @param rawBody the body exactly as it came, before anything parsed it
 * @param headers those of the request, in whatever form it has them
 * @param secret the signing secret, several of them, or {@link VerifyWebhookOptions}
 * @throws {WebhookVerificationError} whose `reason` and message say what is wrong
 * @throws {TypeError} when the body was parsed already, or a secret is empty
 * @throws {CountersignError} `crypto_unavailable` where WebCrypto is missing
 */
export async function verifyWebhook(
  rawBody: string | Uint8Array | ArrayBuffer,
  headers: WebhookHeaders,
  secret: string | readonly string[] | VerifyWebhookOptions,
): Promise<WebhookEvent> {
  const options = isOptions(secret) ? secret : { secret };
  const secrets = checkedSecrets(options.secret);
  const body = bytesOfRawBody(rawBody);
  const parts = readSignatureParts(headers);
  checkTime(parts, options);
  if (!(await isSigned(body, { parts, secrets }))) throw mismatch(parts);
  return eventOf(body);
}

function isOptions(given: string | readonly string[] | VerifyWebhookOptions): given is VerifyWebhookOptions {
  return typeof given === 'object' && 'secret' in given;
}

function checkedSecrets(given: string | readonly string[]): readonly string[] {
  const secrets = typeof given === 'string' ? [given] : given;
  if (Array.isArray(secrets) && secrets.length > 0 && secrets.every((one) => typeof one === 'string' && one !== '')) {
    return secrets;
  }
  throw new TypeError('secret must be the signing secret, or a list of them; none of them empty.');
}

function bytesOfRawBody(body: string | Uint8Array | ArrayBuffer): Uint8Array<ArrayBuffer> {
  if (typeof body === 'string') return utf8.encode(body);
  // A copy: the caller may use its buffer again while this one is being verified.
  if (ArrayBuffer.isView(body)) return new Uint8Array(body);
  if (Object.prototype.toString.call(body) === '[object ArrayBuffer]') return new Uint8Array(body).slice();
  throw new TypeError(
    'rawBody must be the body exactly as it came, as text or bytes, and not parsed: a parsed body does not verify. ' +
      "With Express, mount express.raw({ type: 'application/json' }) on this route.",
  );
}

function checkTime(parts: SignatureParts, options: VerifyWebhookOptions): void {
  const { toleranceSeconds = DEFAULT_TOLERANCE_SECONDS, requireTimestamp = false, now = Date.now } = options;
  if (parts.kind === 'body') {
    if (!requireTimestamp) return;
    throw new WebhookVerificationError('missing_header', 'The header webhook-timestamp is missing.');
  }
  const ageSeconds = /^\d{1,12}$/.test(parts.timestamp)
    ? Math.floor(now() / 1_000) - Number(parts.timestamp)
    : Number.NaN;
  if (Math.abs(ageSeconds) <= toleranceSeconds) return;
  const fault = Number.isNaN(ageSeconds)
    ? 'is not a Unix time in seconds'
    : `is ${Math.abs(ageSeconds)} seconds ${ageSeconds > 0 ? 'before' : 'after'} this clock, and ${toleranceSeconds} are tolerated`;
  throw new WebhookVerificationError('timestamp_out_of_range', `The header webhook-timestamp ${fault}.`);
}

interface Claim {
  readonly parts: SignatureParts;
  readonly secrets: readonly string[];
}

async function isSigned(body: Uint8Array<ArrayBuffer>, { parts, secrets }: Claim): Promise<boolean> {
  const isStandard = parts.kind === 'standard';
  const content = isStandard ? joined(utf8.encode(signedPrefix(parts)), body) : body;
  const signatures = isStandard ? standardSignatures(parts.signatures) : bodySignature(parts.signature);
  const subtle = openSubtleCrypto();
  for (const secret of secrets) {
    const keyBytes = isStandard ? standardKey(secret) : utf8.encode(secret);
    const key = await subtle.importKey('raw', keyBytes, HMAC, false, ['verify']);
    for (const signature of signatures) {
      // Compares in constant time.
      if (await subtle.verify('HMAC', key, signature, content)) return true;
    }
  }
  return false;
}

function standardKey(secret: string): Uint8Array<ArrayBuffer> {
  const { encoding, text } = signingKeyText(secret);
  return encoding === 'base64' ? bytesOfBase64(text) : utf8.encode(text);
}

function standardSignatures(header: string): Uint8Array<ArrayBuffer>[] {
  return header.split(' ').flatMap((versioned) => {
    const [, base64] = /^v1,([A-Za-z0-9+/]{43}=)$/.exec(versioned) ?? [];
    return base64 === undefined ? [] : [bytesOfBase64(base64)];
  });
}

function bodySignature(header: string): Uint8Array<ArrayBuffer>[] {
  const [, hex] = /^sha256=([\da-f]{64})$/i.exec(header.trim()) ?? [];
  return hex === undefined ? [] : [Uint8Array.from(hex.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16))];
}

function bytesOfBase64(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(first.length + second.length);
  bytes.set(first);
  bytes.set(second, first.length);
  return bytes;
}

function mismatch({ kind }: SignatureParts): WebhookVerificationError {
  const header = kind === 'standard' ? 'webhook-signature' : 'x-webhook-signature';
  return new WebhookVerificationError(
    'signature_mismatch',
    `No given secret makes a signature of the header ${header}. It is the subscription's secret, not the app's, and covers ` +
      'the body byte for byte: one that was parsed and written again, or decoded and encoded, does not verify.',
  );
}

function eventOf(body: Uint8Array): WebhookEvent {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder().decode(body));
  } catch (cause) {
    throw new WebhookVerificationError('invalid_body', 'The body is signed, and is not JSON.', { cause });
  }
  if (isRecord(value) && typeof value.id === 'string' && typeof value.event === 'string') return asEvent(value);
  throw new WebhookVerificationError('invalid_body', 'The body is signed, and is not an event.');
}

// The server made and signed it, and a newer one may send more than this version knows.
function asEvent(value: Record<string, unknown>): WebhookEvent {
  return value as unknown as WebhookEvent;
}
