import type { Socket } from 'node:net';

/** How long a connection is kept for what its client still sends, in milliseconds. */
const LINGER_MS = 5_000;
/** How much of that is read and dropped, in bytes. */
const LINGER_BYTES = 16 * 1_048_576;

const ending = new WeakSet<Socket>();

/**
 * Keeps a connection a little longer, for what its client still sends after the answer. Closed at once, it would be reset,
 * and the answer lost on its way (RFC 9112 §9.6); kept without an end, it could be held for good. After 5 seconds or 16 MiB
 * it is destroyed.
 *
 * @returns takes the end back: the client has sent all that it meant to
 */
export function linger(socket: Socket): () => void {
  let bytes = 0;
  const count = (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > LINGER_BYTES) socket.destroy();
  };
  const cut = setTimeout(() => socket.destroy(), LINGER_MS);
  const stop = () => {
    clearTimeout(cut);
    socket.off('data', count).off('close', stop);
  };
  socket.on('data', count).once('close', stop);
  return stop;
}

/** Says the last words of a connection, then lets it go as {@link linger} does. A second call says nothing more. */
export function endConnection(socket: Socket, lastWords: string): void {
  if (ending.has(socket)) return;
  ending.add(socket);
  linger(socket);
  socket.end(lastWords);
}
