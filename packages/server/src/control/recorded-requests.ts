import type { FastifyRequest } from 'fastify';
import { currentTime } from '../clock.js';

/** A request as it was received, for assertions. No token, signature, code, secret or password is in it. */
export interface RecordedRequest {
  readonly requestId: string;
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly query: string;
  readonly clientId: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
  /** As JSON where it is JSON, otherwise as text; undefined where there is none. */
  readonly body: unknown;
  /** Status of the answer; null where the connection was cut before anything was done. */
  readonly status: number | null;
  /** What a fault did to it. */
  readonly fault: string | undefined;
}

/** Most requests that are kept, and most bytes of a body. */
const KEPT = 1_000;
const LONGEST_BODY = 65_536;
const HIDDEN_HEADERS = new Set(['authorization', 'cookie', 'x-signature', 'x-csrf-token', 'proxy-authorization']);
const HIDDEN_MEMBERS =
  /^(?:code|password|token|(?:client|signing|previousSigning)_?secret|(?:access|refresh)_?token|code_?verifier)$/i;

/** The requests that a server received, the latest thousand of them. */
export class RecordedRequests {
  #requests: RecordedRequest[] = [];

  add(request: FastifyRequest, { status, fault }: Pick<RecordedRequest, 'status' | 'fault'>): void {
    const [path = '', query = ''] = splitTarget(request.raw.url ?? '');
    this.#requests.push({
      requestId: request.id,
      at: new Date(currentTime()).toISOString(),
      method: request.method,
      path,
      query,
      clientId: request.headers['x-client-id']?.toString(),
      headers: shownHeaders(request),
      body: shownBody(request.body),
      status,
      fault,
    });
    if (this.#requests.length > KEPT) this.#requests.shift();
  }

  list(): readonly RecordedRequest[] {
    return this.#requests;
  }

  clear(): void {
    this.#requests = [];
  }
}

/** A request's target as its path and its query. */
export function splitTarget(target: string): readonly [path: string, query: string] {
  const end = target.indexOf('?');
  return end === -1 ? [target, ''] : [target.slice(0, end), target.slice(end + 1)];
}

function shownHeaders({ headers }: FastifyRequest): Record<string, string> {
  const shown = Object.entries(headers).filter(([name]) => !HIDDEN_HEADERS.has(name));
  return Object.fromEntries(shown.map(([name, value]) => [name, String(value)]));
}

function shownBody(body: unknown): unknown {
  if (!Buffer.isBuffer(body)) return isObject(body) ? withoutSecrets(body) : undefined;
  if (body.length === 0) return undefined;
  if (body.length > LONGEST_BODY) return `${body.length} bytes`;
  const text = body.toString('utf8');
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? withoutSecrets(value) : value;
  } catch {
    return text;
  }
}

function withoutSecrets(body: object): object {
  return Object.fromEntries(
    Object.entries(body).map(([name, value]) => [name, HIDDEN_MEMBERS.test(name) ? '[hidden]' : value]),
  );
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
