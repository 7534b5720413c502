import type { ServerResponse } from 'node:http';
import { CUSTOMER_LIMITS, PartnerError } from '@countersign/contract';
import type { FastifyInstance, FastifyRequest } from 'fastify';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Whether the answer is a page of a list: the only ones that may be many MiB. */
    isPage?: boolean;
  }
}

/** Bytes of pages that a process reads, makes and sends at one time. */
const MOST_BYTES = 96 * 1_048_576;
/** How long a page waits for room, in milliseconds. */
const WAIT_MS = 10_000;
/** How long a page may take to be read by its client while others wait for room, in milliseconds. */
const SLOW_MS = 5_000;
const LOOK_EVERY_MS = 500;
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
        room.enter(reply.raw, mostBytesOf(request)).then(() => done(), done);
      },
    ];
    route.onSend = async (_request, reply, payload) => {
      if (typeof payload !== 'string') return payload;
      const bytes = Buffer.from(payload);
      room.send(reply.raw, bytes.length);
      return bytes;
    };
  });
}

// Before it is read, a page counts as if each of its records were as large as it may be.
function mostBytesOf({ query }: FastifyRequest): number {
  const asked = typeof query === 'object' && query !== null ? Number(Reflect.get(query, 'limit')) : Number.NaN;
  const limit = asked >= 1 && asked <= CUSTOMER_LIMITS.pageSize ? asked : LIMIT_BY_DEFAULT;
  return limit * CUSTOMER_LIMITS.bytes;
}

interface Page {
  bytes: number;
  /** When it began to be sent, in milliseconds since 1970; undefined while it is made. */
  sentSince: number | undefined;
}

interface Waiting {
  readonly response: ServerResponse;
  readonly bytes: number;
  readonly since: number;
  enter(): void;
  refuse(error: PartnerError): void;
}

/** Room for pages under way: they enter, are sent, and leave by themselves when their answer is closed. */
export class PageRoom {
  /** In the order in which they came. */
  readonly #pages = new Map<ServerResponse, Page>();
  #waiting: Waiting[] = [];
  #bytes = 0;
  #look: NodeJS.Timeout | undefined;

  /**
   * Waits until there is room for a page; it is left when its answer is sent or given up.
   *
   * @throws PartnerError `unavailable` where there is none for too long
   */
  enter(response: ServerResponse, bytes: number): Promise<void> {
    // Whoever left while the request was authenticated is told of by no further event.
    if (response.destroyed) return Promise.reject(new PartnerError('unavailable'));
    return new Promise((resolve, reject) => {
      response.once('close', () => this.#leave(response));
      this.#waiting.push({ response, bytes, since: Date.now(), enter: resolve, refuse: reject });
      this.#admit();
    });
  }

  /** Notes that a page is made and is being sent. */
  send(response: ServerResponse, bytes: number): void {
    const page = this.#pages.get(response);
    if (page === undefined) return;
    this.#bytes += bytes - page.bytes;
    page.bytes = bytes;
    page.sentSince = Date.now();
    this.#admit();
  }

  #leave(response: ServerResponse): void {
    this.#bytes -= this.#pages.get(response)?.bytes ?? 0;
    this.#pages.delete(response);
    this.#waiting = this.#waiting.filter((waiting) => waiting.response !== response);
    this.#admit();
  }

  #admit(): void {
    for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
      if (this.#bytes > 0 && this.#bytes + next.bytes > MOST_BYTES) break;
      this.#waiting.shift();
      this.#bytes += next.bytes;
      this.#pages.set(next.response, { bytes: next.bytes, sentSince: undefined });
      next.enter();
    }
    if (this.#waiting.length > 0) this.#look ??= setInterval(() => this.#makeRoom(), LOOK_EVERY_MS);
    else if (this.#look !== undefined) {
      clearInterval(this.#look);
      this.#look = undefined;
    }
  }

  // A client that is slow keeps its page for as long as nobody else needs the room.
  #makeRoom(): void {
    const now = Date.now();
    for (const [response, { sentSince = now }] of this.#pages) {
      if (now - sentSince > SLOW_MS) response.destroy();
    }
    const late = this.#waiting.filter(({ since }) => now - since > WAIT_MS);
    this.#waiting = this.#waiting.filter(({ since }) => now - since <= WAIT_MS);
    for (const { refuse } of late) refuse(new PartnerError('unavailable'));
    this.#admit();
  }
}
