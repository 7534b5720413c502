import { Readable } from 'node:stream';
import { PartnerError } from '@countersign/contract';
import type { FastifyReply } from 'fastify';
import type { OpenStream } from './stream-verb.js';

/** How long a stream may take in all, in milliseconds: as long as it reads, the storage keeps what was there before. */
const MOST_MS = 30 * 60_000;
/** How long its client may take nothing, in milliseconds. */
const STALL_MS = 60_000;
/** How often that is looked at, in milliseconds. */
const LOOK_EVERY_MS = 5_000;
/** Bytes that are made ahead of what the client has taken. */
const AHEAD_BYTES = 262_144;

/**
 * Sends a stream as fast as its client takes it, and closes it whatever happens. What fails once it has begun cuts the
 * connection, so that nobody takes a part for the whole.
 *
 * @param onClosed called when it holds nothing any more
 * @throws what its first piece throws
 */
export async function sendStream(reply: FastifyReply, opened: OpenStream, onClosed: () => void): Promise<FastifyReply> {
  const pace = { takenAt: performance.now() };
  let closing: Promise<void> | undefined;
  const close = () => {
    closing ??= opened.close().finally(onClosed);
    return closing;
  };
  let stream: Readable;
  try {
    const first = await opened.pieces.next();
    // Whoever left meanwhile is told of by no further event.
    if (reply.raw.destroyed) throw new PartnerError('unavailable');
    const pieces = pacedPieces(first, opened.pieces, pace);
    stream = Readable.from(closingBefore(pieces, close), { objectMode: false, highWaterMark: AHEAD_BYTES });
  } catch (error) {
    await close();
    throw error;
  }
  const beganAt = performance.now();
  const look = setInterval(() => {
    const now = performance.now();
    if (now - beganAt > MOST_MS || now - pace.takenAt > STALL_MS) stream.destroy(new Error('a stream took too long'));
  }, LOOK_EVERY_MS);
  look.unref();
  stream.once('close', () => {
    clearInterval(look);
    close().catch((error: unknown) => reply.log.error({ reason: String(error) }, 'a stream could not be closed'));
  });
  return reply.headers(opened.headers).send(stream);
}

async function* pacedPieces(
  first: IteratorResult<Uint8Array, void>,
  pieces: AsyncGenerator<Uint8Array, void>,
  pace: { takenAt: number },
): AsyncGenerator<Uint8Array, void> {
  for (let next = first; next.done !== true; next = await pieces.next()) {
    pace.takenAt = performance.now();
    yield next.value;
  }
}

// Whoever has read the end finds that there is room again.
async function* closingBefore(
  pieces: AsyncGenerator<Uint8Array, void>,
  close: () => Promise<void>,
): AsyncGenerator<Uint8Array, void> {
  yield* pieces;
  await close();
}
