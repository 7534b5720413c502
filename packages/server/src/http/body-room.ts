import type { IncomingMessage, ServerResponse } from 'node:http';
import { PartnerError } from '@countersign/contract';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { failBody } from './fail-body.js';
import { isWithoutBody } from './sockets/odd-requests.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Gives back what the body takes of the room for bodies; null where it takes none. */
    leaveBodyRoom: (() => void) | null;
  }
}

/** Bytes of bodies that nobody has proved, which a process holds at one time. */
const MOST_BYTES = 64 * 1_048_576;
/** The same, in bodies of the largest size that is taken, where that is more. */
const MOST_BODIES = 4;
/** What a connection is read in, in bytes. */
const CHUNK_BYTES = 65_536;
/** Methods whose bodies are not read. */
const UNREAD = new Set(['GET', 'HEAD']);

/**
 * Counts the bytes of bodies until it is known who sent them, so that neither their number nor their pace decides how much
 * memory they take. A body that came along with its head is not counted: it is looked at at once.
 *
 * @param bodyLimit largest body, in bytes
 */
export function boundBodies(app: FastifyInstance, bodyLimit: number): void {
  const room = new BodyRoom(Math.max(MOST_BYTES, MOST_BODIES * bodyLimit));
  app.decorateRequest('leaveBodyRoom', null);
  // biome-ignore lint/complexity/useMaxParams: a hook without a promise has all four, and every request passes here
  app.addHook('preParsing', (request, reply, _payload, done) => {
    if (isStillComing(request)) request.leaveBodyRoom = room.enter(request.raw, reply.raw);
    done();
  });
}

function isStillComing({ raw, method }: FastifyRequest): boolean {
  return !raw.complete && !UNREAD.has(method) && !isWithoutBody(raw);
}

interface UnprovedBody {
  readonly request: IncomingMessage;
  readonly since: number;
  bytes: number;
  /** Whether it is not read for now. */
  isPaused: boolean;
}

/**
 * Room for what has come of bodies that are not proved yet. Where it is full of such as are still coming, the one that
 * cost most gives way, by its bytes and the time that it has held them: whoever sends briskly holds little for long. Where
 * it is full of such as are being looked at, the others are not read until there is room.
 */
class BodyRoom {
  /** In the order in which they came. */
  readonly #bodies = new Set<UnprovedBody>();
  readonly #mostBytes: number;
  #bytes = 0;

  constructor(mostBytes: number) {
    this.#mostBytes = mostBytes;
  }

  /** Counts a body from now on, until its answer is closed or what this gives is called. */
  enter(request: IncomingMessage, response: ServerResponse): () => void {
    // Whoever has left is told of by no further event.
    if (request.destroyed || response.destroyed) return () => undefined;
    const body: UnprovedBody = { request, since: performance.now(), bytes: 0, isPaused: false };
    const count = (chunk: Buffer) => this.#take(body, chunk.length);
    const leave = () => {
      request.off('data', count);
      response.off('close', leave);
      this.#remove(body);
    };
    this.#bodies.add(body);
    request.on('data', count);
    response.once('close', leave);
    return leave;
  }

  #take(body: UnprovedBody, bytes: number): void {
    // Already given way, in this very turn.
    if (!this.#bodies.has(body)) return;
    body.bytes += bytes;
    this.#bytes += bytes;
    while (this.#bytes > this.#mostBytes) {
      const { bytesComing, costliest } = this.#lookAtComing();
      if (costliest === undefined || bytesComing <= this.#mostBytes / 2) {
        this.#pause(body);
        return;
      }
      this.#remove(costliest);
      giveWay(costliest);
    }
  }

  #lookAtComing(): { readonly bytesComing: number; readonly costliest: UnprovedBody | undefined } {
    const now = performance.now();
    let bytesComing = 0;
    let most = Number.NEGATIVE_INFINITY;
    let costliest: UnprovedBody | undefined;
    for (const body of this.#bodies) {
      if (body.request.complete) continue;
      bytesComing += body.bytes;
      const cost = body.bytes * (now - body.since);
      if (cost > most) [most, costliest] = [cost, body];
    }
    return { bytesComing, costliest };
  }

  #pause(body: UnprovedBody): void {
    // The little that is left of a whole one is on this side already.
    if (body.request.complete) return;
    body.isPaused = true;
    body.request.pause();
  }

  #remove(body: UnprovedBody): void {
    if (!this.#bodies.delete(body)) return;
    this.#bytes -= body.bytes;
    if (body.isPaused) body.request.resume();
    let free = this.#mostBytes - this.#bytes;
    for (const paused of this.#bodies) {
      if (free <= 0) return;
      if (!paused.isPaused) continue;
      paused.isPaused = false;
      paused.request.resume();
      free -= CHUNK_BYTES;
    }
  }
}

function giveWay({ request }: UnprovedBody): void {
  // It was told that it is late, and only lingers.
  if (!request.socket.writable) request.socket.destroy();
  // One that nobody reads any more holds nothing.
  else failBody(request, new PartnerError('request_timeout'));
}
