import { createHash, createHmac } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import { type Client, type ClientOptions, createClient } from '../src/index.js';

/** The credentials that {@link openRecordingServer} hands to its clients. */
export const CREDENTIALS = { clientId: 'app_test', clientSecret: 's3cr3t-Zq+/=', accessToken: 'token-of-the-team' };

/** A request as it came over the wire. */
export interface Received {
  readonly method: string;
  /** The raw request target, with query. */
  readonly target: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** What the server does with one request; `undefined` leaves it unanswered. */
export type Reply =
  | { status?: number; headers?: Record<string, string>; json?: unknown; text?: string }
  | 'close'
  | undefined;

/** A real server that keeps what it receives and answers as told; it ends with the test. */
export interface RecordingServer {
  readonly baseUrl: string;
  readonly received: Received[];
  /** Waits the client was about to make, in milliseconds; none is really waited for. */
  readonly waitsMs: number[];
  /** A client with the test credentials, a clock that stands still and waits that end at once. */
  client(options?: Partial<ClientOptions>): Client;
}

/** Opens a server whose nth request gets the nth reply, and all later ones the last. */
export async function openRecordingServer(replies: readonly (Reply | ((request: Received) => Reply))[]) {
  const received: Received[] = [];
  const waitsMs: number[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '', url: target = '', headers } = request;
      const one = { method, target, headers, body: Buffer.concat(chunks).toString('utf8') };
      received.push(one);
      const reply = replies[Math.min(received.length, replies.length) - 1];
      send(response, typeof reply === 'function' ? reply(one) : reply);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const baseUrl = `http://127.0.0.1:${port}`;
  const wait = async (delayMs: number, signal?: AbortSignal) => {
    waitsMs.push(delayMs);
    signal?.throwIfAborted();
  };
  const client = (options: Partial<ClientOptions> = {}) =>
    createClient({ baseUrl, ...CREDENTIALS, now: () => 1_750_000_000_000, wait, ...options });
  return { baseUrl, received, waitsMs, client } satisfies RecordingServer;
}

/** A success envelope around some data. */
export function success(data: unknown, headers: Record<string, string> = {}, status = 200): Reply {
  return { status, headers, json: { status: 'success', message: 'Done', data } };
}

/** An error envelope with any further fields, and headers. */
export function refusal(status: number, code: string, { headers, ...more }: RefusalParts = {}): Reply {
  return {
    status,
    ...(headers === undefined ? {} : { headers }),
    json: { status: 'error', message: `refused: ${code}`, code, ...more },
  };
}

/** What {@link refusal} may carry. */
export interface RefusalParts {
  readonly headers?: Record<string, string>;
  readonly details?: object;
  readonly errors?: object[];
  readonly requestId?: string;
}

/** The signature that a server computes for what it received, made with node:crypto alone. */
export function expectedSignature(request: Received): string {
  const path = request.target.split('?')[0]?.replace(/^\/partners/, '');
  const signsBody = ['POST', 'PUT', 'PATCH'].includes(request.method) && request.body !== '';
  const bodyHash = signsBody ? createHash('sha256').update(request.body).digest('hex') : '';
  const text = `${request.method}:${path}:${request.headers['x-timestamp']}:${bodyHash}`;
  return createHmac('sha256', CREDENTIALS.clientSecret).update(text).digest('hex');
}

function send(response: ServerResponse, reply: Reply): void {
  if (reply === undefined) return;
  if (reply === 'close') {
    response.destroy();
    return;
  }
  const body = reply.text ?? (reply.json === undefined ? '' : JSON.stringify(reply.json));
  response.writeHead(reply.status ?? 200, { 'content-type': 'application/json', ...reply.headers });
  response.end(body);
}
