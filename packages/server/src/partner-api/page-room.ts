import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { CUSTOMER_LIMITS, PartnerError } from '@countersign/contract';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { callerOf } from './partner-request.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Whether the answer is a page of a list: the only ones that may be many MiB. */
    isPage?: boolean;
  }
}

/** Bytes of pages that a process reads, makes and sends at one time. */
const MOST_BYTES = 64 * 1_048_576;
/** Bytes of them that one app may have, so that another always finds room. */
const MOST_OF_AN_APP = MOST_BYTES / 2;
/** How long a page waits for room, in milliseconds. */
const WAIT_MS = 30_000;
/** How much of a page its client must take while others wait for room: so many bytes in so many milliseconds. */
const PACE_BYTES = 256 * 1024;
const PACE_MS = 10_000;
/** Pieces that a page is sent in, in bytes; only so can it be seen how far it has come. */
const PIECE_BYTES = 65_536;
/** Records on a page that says nothing of it. */
const LIMIT_BY_DEFAULT = 20;

/** Pages that are asked for at once wait for one another, so that their number does not decide how much memory they take. */
export function boundPages(app: FastifyInstance): void {
  const room = new PageRoom();
  app.addHook('onRoute', (route) => {
    if (route.config?.isPage !== true) return;
    route.preHandler = [
      ...(route.preHandler === undefined ? [] : [route.preHandler].flat()),
      (request, reply, done) => {
        const appId = callerOf(request).app.id;
        room.enter(reply.raw, { appId, bytes: mostBytesOf(request) }).then(() => done(), done);
      },
    ];
    route.onSend = async (_request, reply, payload) => {
      if (typeof payload !== 'string') return payload;
      const bytes = Buffer.from(payload);
      const page = room.send(reply.raw, bytes.length);
      if (page === undefined || bytes.length <= PACE_BYTES) return bytes;
      reply.header('content-length', bytes.length);
      return Readable.from(piecesOf(bytes, page), { objectMode: false });
    };
  });
}

// Before it is read, a page counts as if each of its records were as large as it may be.
function mostBytesOf({ query }: FastifyRequest): number {
  const asked = typeof query === 'object' && query !== null ? Number(Reflect.get(query, 'limit')) : Number.NaN;
  const limit = asked >= 1 && asked <= CUSTOMER_LIMITS.pageSize ? asked : LIMIT_BY_DEFAULT;
  return limit * CUSTOMER_LIMITS.bytes;
}

function* piecesOf(bytes: Buffer, page: Page): Generator<Buffer> {
  for (let start = 0; start < bytes.length; start += PIECE_BYTES) {
    page.sent = start;
    yield bytes.subarray(start, start + PIECE_BYTES);
  }
}

interface AskedPage {
  readonly appId: number;
  /** As many as it may have. */
  readonly bytes: number;
}

interface Page {
  readonly appId: number;
  bytes: number;
  isSent: boolean;
  /** Bytes that were handed on. */
  sent: number;
  /** The same when it was last looked at; without end before the first look, which spares whoever has just begun. */
  sentBefore: number;
}

interface Waiting extends AskedPage {
  readonly response: ServerResponse;
  readonly since: number;
  enter(): void;
  refuse(error: PartnerError): void;
}

/** Room for pages under way: they enter, are sent, and leave by themselves when their answer is closed. */
export class PageRoom {
  /** In the order in which they came. */
  readonly #pages = new Map<ServerResponse, Page>();
  #waiting: Waiting[] = [];
  #look: NodeJS.Timeout | undefined;

  /**
   * Waits until there is room for a page; it is left when its answer is sent or given up.
   *
   * @throws PartnerError `unavailable` where there is none for too long
   */
  enter(response: ServerResponse, page: AskedPage): Promise<void> {
    // Whoever left while the request was authenticated is told of by no further event.
    if (response.destroyed) return Promise.reject(new PartnerError('unavailable'));
    return new Promise((resolve, reject) => {
      response.once('close', () => this.#leave(response));
      this.#waiting.push({ ...page, response, since: Date.now(), enter: resolve, refuse: reject });
      this.#admit();
    });
  }

  /** Notes that a page is made and is being sent; undefined for one that was given up. */
  send(response: ServerResponse, bytes: number): Page | undefined {
    const page = this.#pages.get(response);
    if (page === undefined) return undefined;
    page.bytes = bytes;
    page.isSent = true;
    this.#admit();
    return page;
  }

  #leave(response: ServerResponse): void {
    this.#pages.delete(response);
    this.#waiting = this.#waiting.filter((waiting) => waiting.response !== response);
    this.#admit();
  }

  #admit(): void {
    this.#waiting = this.#waiting.filter((waiting) => {
      if (!this.#hasRoomFor(waiting)) return true;
      const { appId, bytes, response } = waiting;
      this.#pages.set(response, { appId, bytes, isSent: false, sent: 0, sentBefore: Number.NEGATIVE_INFINITY });
      waiting.enter();
      return false;
    });
    if (this.#waiting.length > 0) this.#look ??= this.#startLooking();
    else if (this.#look !== undefined) {
      clearInterval(this.#look);
      this.#look = undefined;
    }
  }

  #hasRoomFor({ appId, bytes }: AskedPage): boolean {
    if (this.#pages.size === 0) return true;
    let all = bytes;
    let ofApp = bytes;
    for (const page of this.#pages.values()) {
      all += page.bytes;
      if (page.appId === appId) ofApp += page.bytes;
    }
    return all <= MOST_BYTES && ofApp <= MOST_OF_AN_APP;
  }

  #startLooking(): NodeJS.Timeout {
    for (const page of this.#pages.values()) {
      if (page.isSent) page.sentBefore = page.sent;
    }
    return setInterval(() => this.#makeRoom(), PACE_MS);
  }

  // A client that is slow keeps its page for as long as nobody else needs the room.
  #makeRoom(): void {
    for (const [response, page] of this.#pages) {
      // Small ones are sent in one piece, and take little room.
      if (!page.isSent || page.bytes <= PACE_BYTES) continue;
      if (page.sent - page.sentBefore < PACE_BYTES) response.destroy();
      page.sentBefore = page.sent;
    }
    const now = Date.now();
    const late = this.#waiting.filter(({ since }) => now - since > WAIT_MS);
    this.#waiting = this.#waiting.filter(({ since }) => now - since <= WAIT_MS);
    for (const { refuse } of late) refuse(new PartnerError('unavailable'));
    this.#admit();
  }
}
