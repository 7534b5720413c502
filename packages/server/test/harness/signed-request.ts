import { createHash, createHmac } from 'node:crypto';
import { Agent, request as httpRequest } from 'node:http';
import { type App, type WireAnswer, wireAnswer } from './caller.js';

/** Lowercase hex SHA-256. */
export function sha256(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}

/** Lowercase hex HMAC-SHA256, made here and not by the code under test. */
export function hmacHex(secret: string | Uint8Array, text: string): string {
  return createHmac('sha256', secret).update(text).digest('hex');
}

/** One request whose every part a test may set wrongly. */
export interface HandMadeRequest {
  readonly method: string;
  /** Path and query as on the wire. */
  readonly target: string;
  readonly body?: string | Uint8Array;
  readonly app: App;
  readonly accessToken?: string | undefined;
  readonly timestamp?: string;
  /** What is signed; by default the base string of the rule. */
  readonly baseString?: string;
  /** What stands for the body in the default base string. */
  readonly bodyHash?: string;
  readonly secret?: string | Uint8Array;
  /** Replaces the signature as it was made. */
  readonly signature?: (right: string) => string;
  /** Further headers; undefined takes one away. */
  readonly headers?: Readonly<Record<string, string | undefined>>;
}

/** Unix time in seconds, as `x-timestamp` takes it. */
export function secondsNow(offset = 0): string {
  return String(Math.floor(Date.now() / 1_000) + offset);
}

/** The headers of a hand-made request. */
export function headersOf(request: HandMadeRequest): Record<string, string> {
  const { method, target, body = '', app, accessToken, timestamp = secondsNow() } = request;
  const path = (target.split('?')[0] ?? '').replace(/^\/partners/, '');
  const hash = request.bodyHash ?? (['POST', 'PUT', 'PATCH'].includes(method) ? sha256(body) : '');
  const text = request.baseString ?? `${method}:${path}:${timestamp}:${hash}`;
  const right = hmacHex(request.secret ?? app.clientSecret, text);
  const headers = {
    'x-client-id': app.clientId,
    'x-timestamp': timestamp,
    'x-signature': request.signature?.(right) ?? right,
    ...(accessToken === undefined ? {} : { authorization: `Bearer ${accessToken}` }),
    ...(body.length === 0 ? {} : { 'content-type': 'application/json' }),
    ...request.headers,
  };
  return Object.fromEntries(
    Object.entries(headers).filter((header): header is [string, string] => header[1] !== undefined),
  );
}

const agent = new Agent({ keepAlive: true });

/** Signs a request by hand and sends it. */
export function sendByHand(url: string, request: HandMadeRequest): Promise<WireAnswer> {
  const { method, target, body } = request;
  return sendBytes(url, { method, target, headers: headersOf(request), ...(body === undefined ? {} : { body }) });
}

/** A request without any signing. */
export interface PlainRequest {
  readonly method: string;
  readonly target: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

/** Sends a request exactly so: neither path nor headers are tidied. */
export function sendBytes(url: string, { method, target, headers = {}, body }: PlainRequest): Promise<WireAnswer> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const isChunked = 'transfer-encoding' in headers;
    const length = body === undefined || isChunked ? {} : { 'content-length': String(Buffer.byteLength(body)) };
    const options = { agent, hostname, port, method, path: target, headers: { ...length, ...headers } };
    const outgoing = httpRequest(options, (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.once('error', reject);
      incoming.once('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        const received = new Headers();
        for (const [name, values] of Object.entries(incoming.headersDistinct)) {
          for (const value of values ?? []) received.append(name, value);
        }
        resolve(
          wireAnswer({ status: incoming.statusCode ?? 0, headers: received, text, json: parseOrUndefined(text) }),
        );
      });
    });
    outgoing.once('error', reject);
    outgoing.end(body);
  });
}

function parseOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
