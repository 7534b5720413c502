import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** Requests that may wait behind another on their connection; no honest client sends as many before it reads. */
const MOST_WAITING = 256;

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/**
 * The open connections of a server. They have bounds, so that nobody can use up what the server needs for others: beyond
 * the largest number, whoever has kept the server waiting for longest gives way, and requests one behind the other on a
 * connection are handled one by one.
 */
export class Connections {
  /** Their requests that are not answered yet, oldest first; in the order in which they began to wait for their clients. */
  readonly #open = new Map<Socket, Exchange[]>();
  readonly #handle: RequestListener;
  readonly #most: number;

  /**
   * @param most largest number of connections
   * @param handle takes one request of a connection after the other
   */
  constructor(server: Server, { most, handle }: { readonly most: number; readonly handle: RequestListener }) {
    this.#most = most;
    this.#handle = handle;
    server.on('connection', (socket: Socket) => this.#add(socket));
    server.on('request', (request, response) => this.#take({ request, response }));
  }

  /** The request of a connection that is being answered, or sent. */
  current(socket: Socket): Exchange | undefined {
    return this.#open.get(socket)?.[0];
  }

  #add(socket: Socket): void {
    if (this.#open.size >= this.#most) (this.#longestWaiting() ?? socket).destroy();
    this.#open.set(socket, []);
    socket.once('close', () => this.#open.delete(socket));
  }

  #longestWaiting(): Socket | undefined {
    for (const [socket, [current]] of this.#open) {
      // Destroyed ones are counted until they are closed.
      if (!socket.destroyed && waitsForClient(current)) return socket;
    }
    return undefined;
  }

  #take(exchange: Exchange): void {
    const { request, response } = exchange;
    const exchanges = this.#open.get(request.socket);
    if (exchanges === undefined || request.socket.destroyed) return;
    exchanges.push(exchange);
    response.once('close', () => this.#settle(request.socket, exchanges));
    if (exchanges.length === 1) this.#handle(request, response);
    else if (exchanges.length > MOST_WAITING) request.socket.destroy();
  }

  #settle(socket: Socket, exchanges: Exchange[]): void {
    exchanges.shift();
    if (socket.destroyed) return;
    const [next] = exchanges;
    if (next === undefined) {
      this.#open.delete(socket);
      this.#open.set(socket, exchanges);
    } else {
      // In a turn of its own, so that others have theirs.
      setImmediate(() => {
        if (!socket.destroyed) this.#handle(next.request, next.response);
      });
    }
  }
}

// Either for a request, or to take the answer in.
function waitsForClient(exchange: Exchange | undefined): boolean {
  return exchange === undefined || !exchange.request.complete || exchange.response.headersSent;
}
