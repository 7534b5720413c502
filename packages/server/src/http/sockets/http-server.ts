import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { answerClientError, answerLate } from './client-error.js';
import { Connections } from './connections.js';
import { endConnection, linger } from './linger.js';
import { mostConnections } from './most-connections.js';
import { ODD_REQUESTS_ARE_OURS } from './odd-requests.js';
import { takePathOfTarget } from './request-target.js';

/** How long a request's headers and body may take to arrive, in milliseconds. */
const REQUEST_TIMEOUT_MS = 20_000;
/** How often requests that take too long are looked for, in milliseconds. */
const LATE_CHECK_MS = 2_000;
/** How long a client may neither send a byte of its request nor take one of its answer, in milliseconds. */
const STALL_MS = 15_000;

/** What an operator may choose of it. */
export interface HttpServerOptions {
  /** How long a connection without requests is kept, in milliseconds. */
  readonly keepAliveMs: number;
}

/** The HTTP server under the application, with all its times and bounds, which `docs/limits.md` tells. */
export function newHttpServer(handle: RequestListener, { keepAliveMs }: HttpServerOptions): Server {
  // The two times of a request are one: the server waits for the longer of them, whichever it is.
  const server = createServer({
    ...ODD_REQUESTS_ARE_OURS,
    headersTimeout: REQUEST_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    connectionsCheckingInterval: LATE_CHECK_MS,
    keepAliveTimeout: keepAliveMs,
  });
  const handlePath: RequestListener = (request, response) => {
    takePathOfTarget(request);
    handle(request, response);
  };
  const connections = new Connections(server, { most: mostConnections(), handle: handlePath });
  server.setTimeout(STALL_MS, (socket) => endStalled(socket, connections));
  server.on('clientError', (error: Error, socket: Socket) => {
    // Behind the first bytes of an answer, another would be taken for a part of it.
    if (connections.current(socket)?.response.headersSent) socket.destroy();
    else answerClientError(error, socket);
  });
  return server;
}

// Also the end of a connection that was idle for as long as it may be.
function endStalled(socket: Socket, connections: Connections): void {
  const { request, response } = connections.current(socket) ?? {};
  if (request === undefined || response?.headersSent) socket.destroy();
  else if (!request.complete) answerLate(socket);
  // It is the client who waits.
  else socket.setTimeout(STALL_MS);
}

/**
 * Lets an answer leave before its request has come to an end: what is left of it is read and dropped, within bounds. To be
 * called before the answer's head is written.
 */
export function keepForRest(request: IncomingMessage, response: ServerResponse): void {
  if (request.complete) return;
  const { socket } = request;
  linger(socket, () => request.complete);
  // Node.js would destroy it once the answer is on its way, with what the client still sends unread.
  if (!response.shouldKeepAlive) socket.destroySoon = () => endConnection(socket, '');
}
