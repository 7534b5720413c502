import { isBodySigned } from '@countersign/contract';
import type { Answer } from './answer.js';
import type { AnyCallOptions } from './call-options.js';
import type { ClientSettings } from './client-settings.js';
import { type QueryParameters, queryText } from './query-text.js';
import { readError } from './sending/read-error.js';
import { type Result, readResult } from './sending/read-result.js';
import { sendWithRetries } from './sending/send-with-retries.js';

/** One typed call: where it goes and what it carries. */
export interface Endpoint {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Path below `/partners`, its parts encoded with `pathPart`. */
  readonly path: string;
  readonly query?: QueryParameters;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** The field of `data` in the answer that is the result; the whole `data` when left out. */
  readonly field?: string;
}

const IDEMPOTENCY_KEY = /^[\x21-\x7e]{1,255}$/;

/**
 * Calls an endpoint and gives its result.
 *
 * @throws {CountersignError} for every answer but 2xx, and like `sendWithRetries`
 */
export async function callEndpoint<T>(
  settings: ClientSettings,
  endpoint: Endpoint,
  options: AnyCallOptions,
): Promise<Result<T>> {
  const answer = await answerOfEndpoint(settings, endpoint, options);
  if (answer.status < 200 || answer.status > 299) throw readError(answer, settings.now());
  return readResult<T>(answer, endpoint.field);
}

/**
 * Calls an endpoint conditionally and gives its result, or undefined for 304.
 *
 * @throws like {@link callEndpoint}
 */
export async function findChangedEndpoint<T>(
  settings: ClientSettings,
  endpoint: Endpoint,
  options: AnyCallOptions,
): Promise<Result<T> | undefined> {
  const answer = await answerOfEndpoint(settings, endpoint, options);
  if (answer.status === 304) return undefined;
  if (answer.status < 200 || answer.status > 299) throw readError(answer, settings.now());
  return readResult<T>(answer, endpoint.field);
}

function answerOfEndpoint(settings: ClientSettings, endpoint: Endpoint, options: AnyCallOptions): Promise<Answer> {
  return sendWithRetries(settings, {
    method: endpoint.method,
    target: `/partners${endpoint.path}${queryText(endpoint.query ?? {})}`,
    body: endpoint.body === undefined ? undefined : JSON.stringify(endpoint.body),
    headers: headersOfCall(settings, endpoint, options),
    signal: options.signal,
  });
}

function headersOfCall(settings: ClientSettings, endpoint: Endpoint, options: AnyCallOptions): Map<string, string> {
  const headers = new Map<string, string>();
  for (const [name, value] of Object.entries(options.headers ?? {})) headers.set(name.toLowerCase(), value);
  if (options.ifMatch !== undefined) headers.set('if-match', options.ifMatch);
  if (options.ifNoneMatch !== undefined) headers.set('if-none-match', options.ifNoneMatch);
  const key = options.idempotencyKey ?? headers.get('idempotency-key') ?? automaticKey(settings, endpoint);
  if (key !== undefined) headers.set('idempotency-key', checkedKey(key));
  return headers;
}

function automaticKey(settings: ClientSettings, endpoint: Endpoint): string | undefined {
  const isMutation = isBodySigned(endpoint.method) || endpoint.method === 'DELETE';
  // getRandomValues, unlike randomUUID, is there on insecure pages too, where signing then says what is wrong.
  return isMutation && settings.retries > 0 ? randomKey() : undefined;
}

function randomKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return `auto-${Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}

function checkedKey(key: string): string {
  if (!IDEMPOTENCY_KEY.test(key)) throw new TypeError('idempotencyKey must be 1 to 255 visible ASCII characters.');
  return key;
}
