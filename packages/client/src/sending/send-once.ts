import { type Answer, parseJson } from '../answer.js';
import type { ClientSettings } from '../client-settings.js';
import { CountersignError } from '../countersign-error.js';
import { bytesOfBody, signedHeaders } from './sign-request.js';

/** One request, not yet signed. */
export interface OutgoingRequest {
  readonly method: string;
  /** Target as on the wire, with query: `/partners/customers?page=2`. */
  readonly target: string;
  /** Sent exactly so. */
  readonly body?: string | Uint8Array | undefined;
  /** They win over the headers the client sets. */
  readonly headers?: Iterable<readonly [string, string]> | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Signs a request and sends it once, giving the answer whatever its status.
 *
 * Redirects are not followed: the signature covers the first path only.
 *
 * @throws {CountersignError} `network_error`, `timeout`, `crypto_unavailable`
 * @throws the signal's reason when the caller aborts
 */
export function sendOnce(settings: ClientSettings, request: OutgoingRequest): Promise<Answer> {
  return sendAndRead(settings, request, async (response) => {
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, json: parseJson(text) };
  });
}

/**
 * Signs a request and sends it once, giving what `read` makes of the answer; the time for an attempt lasts until then.
 *
 * @throws like {@link sendOnce}
 */
export async function sendAndRead<T>(
  settings: ClientSettings,
  request: OutgoingRequest,
  read: (response: Response) => Promise<T>,
): Promise<T> {
  request.signal?.throwIfAborted();
  const method = request.method.toUpperCase();
  const url = addressOf(settings, request.target);
  const body = bytesOfBody(request.body);
  if (body.length > 0 && (method === 'GET' || method === 'HEAD')) throw new TypeError(`${method} carries no body.`);
  const headers = await headersOf(settings, request, {
    method,
    // What the URL parser made of the target is what goes over the wire, so that is what must be signed.
    path: url.pathname.slice(settings.basePath.length),
    timestamp: settings.nextTimestamp(),
    body,
  });
  const { fetch } = settings;
  return withDeadline(settings, request.signal, async (signal) => {
    const response = await fetch(url, {
      method,
      headers,
      signal,
      redirect: 'manual',
      credentials: 'omit',
      ...(body.length > 0 ? { body } : {}),
    });
    return read(response);
  });
}

function addressOf(settings: ClientSettings, target: string): URL {
  if (!target.startsWith('/')) throw new TypeError('The path must start with "/", as in /partners/customers.');
  const url = new URL(settings.base + target);
  if (!url.pathname.startsWith(`${settings.basePath}/`)) throw new TypeError('The path leaves the path of baseUrl.');
  return url;
}

interface Signed {
  readonly method: string;
  readonly path: string;
  readonly timestamp: number;
  readonly body: Uint8Array;
}

async function headersOf(settings: ClientSettings, request: OutgoingRequest, signed: Signed): Promise<Headers> {
  const { clientId, clientSecret, accessToken } = settings;
  const headers = new Headers({ accept: 'application/json' });
  if (signed.body.length > 0) headers.set('content-type', 'application/json');
  const token = typeof accessToken === 'function' ? await accessToken() : accessToken;
  if (token !== undefined) setHeader(headers, 'authorization', `Bearer ${token}`);
  const signature = await signedHeaders({ ...signed, clientId, clientSecret });
  for (const [name, value] of Object.entries(signature)) setHeader(headers, name, value);
  for (const [name, value] of request.headers ?? []) setHeader(headers, name, value);
  return headers;
}

function setHeader(headers: Headers, name: string, value: string): void {
  try {
    headers.set(name, value);
  } catch {
    // The platform's error quotes the value, which may be the token.
    throw new TypeError(`The header ${JSON.stringify(name)} has a name or value that HTTP cannot carry.`);
  }
}

async function withDeadline<T>(
  settings: ClientSettings,
  outer: AbortSignal | undefined,
  send: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  outer?.throwIfAborted();
  const { timeoutMs } = settings;
  const inner = new AbortController();
  const stop = () => inner.abort(outer?.reason);
  const timer = setTimeout(() => {
    inner.abort(new CountersignError('timeout', `No whole answer from ${settings.base} within ${timeoutMs} ms.`));
  }, timeoutMs);
  outer?.addEventListener('abort', stop, { once: true });
  try {
    return await send(inner.signal);
  } catch (cause) {
    inner.signal.throwIfAborted();
    throw new CountersignError('network_error', `No answer from ${settings.base}: ${reasonOf(cause)}`, { cause });
  } finally {
    clearTimeout(timer);
    outer?.removeEventListener('abort', stop);
  }
}

function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return 'the connection failed.';
  // Node's fetch says only "fetch failed"; the reason is one level down.
  const inner = cause.cause instanceof Error ? cause.cause : cause;
  const code = 'code' in inner && typeof inner.code === 'string' ? inner.code : '';
  const message = inner.message === '' ? cause.message : inner.message;
  return message.includes(code) ? message : `${message} (${code})`;
}
