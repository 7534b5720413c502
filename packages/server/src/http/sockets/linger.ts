import type { Socket } from 'node:net';

/** How long a connection is kept for what its client still sends, in milliseconds. */
const LINGER_MS = 5_000;
/** How much of that is read and dropped, in bytes. */
const LINGER_BYTES = 16 * 1_048_576;
const LOOK_EVERY_MS = 100;

const ending = new WeakSet<Socket>();

/**
 * Keeps a connection a little longer, for what its client still sends after the answer. Closed at once, it would be reset,
 * and the answer lost on its way (RFC 9112 §9.6); kept without an end, it could be held for good. After 5 seconds or 16 MiB
 * it is destroyed.
 *
 * @param isOver whether the client has sent all that it meant to; the connection then stays as it is
 */
export function linger(socket: Socket, isOver: () => boolean = () => false): void {
  const start = Date.now();
  const before = socket.bytesRead;
  // To listen for its bytes would take the socket from the HTTP parser, and a paused one would never be read again.
  const look = setInterval(() => {
    if (socket.destroyed || isOver()) clearInterval(look);
    else if (Date.now() - start > LINGER_MS || socket.bytesRead - before > LINGER_BYTES) socket.destroy();
  }, LOOK_EVERY_MS);
}

/** Says the last words of a connection, then lets it go as {@link linger} does. A second call says nothing more. */
export function endConnection(socket: Socket, lastWords: string): void {
  if (ending.has(socket)) return;
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  ending.add(socket);
  linger(socket);
  socket.end(lastWords);
}
