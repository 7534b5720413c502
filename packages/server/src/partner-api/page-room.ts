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
/** Bytes of the first pages of apps that may be beyond these; they are small ones, so that many apps find room. */
const MOST_OF_FIRST_PAGES = MOST_BYTES / 4;
/** How long a page waits for room, in milliseconds. */
const WAIT_MS = 30_000;
/** How much of a page its client must take while others wait for room: so many bytes in so many milliseconds. */
const PACE_BYTES = 256 * 1024;
const PACE_MS = 10_000;
/** How long a page may take so many bytes where its app has more than its share, and another waits for its own. */
const PACE_BEYOND_SHARE_MS = 2_000;
/** How often those who may give way are looked for while others wait, in milliseconds. */
const LOOK_EVERY_MS = 1_000;
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
    if (start - page.pacedBytes >= PACE_BYTES) {
      page.pacedBytes = start;
      page.pacedAt = performance.now();
    }
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
  /** When the first of its bytes was sent; undefined while it is made. */
  sentAt: number | undefined;
  /** How far it was, and when, as it last kept the pace. */
  pacedBytes: number;
  pacedAt: number;
}

interface Waiting extends AskedPage {
  readonly response: ServerResponse;
  readonly since: number;
  enter(): void;
  refuse(error: PartnerError): void;
}

/**
 * Room for pages under way: they enter, are sent, and leave by themselves when their answer is closed. Of those who wait,
 * the app that has least of the room is first.
 */
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
      this.#waiting.push({ ...page, response, since: performance.now(), enter: resolve, refuse: reject });
      this.#admit();
      if (this.#waiting.length > 0) this.#makeRoom();
    });
  }

  /** Notes that a page is made and is being sent; undefined for one that was given up. */
  send(response: ServerResponse, bytes: number): Page | undefined {
    const page = this.#pages.get(response);
    if (page === undefined) return undefined;
    page.bytes = bytes;
    page.sentAt = performance.now();
    page.pacedAt = page.sentAt;
    this.#admit();
    return page;
  }

  #leave(response: ServerResponse): void {
    this.#pages.delete(response);
    this.#waiting = this.#waiting.filter((waiting) => waiting.response !== response);
    this.#admit();
  }

  #admit(): void {
    for (let next = this.#findNext(); next !== undefined; next = this.#findNext()) {
      const { appId, bytes, response } = next;
      this.#waiting = this.#waiting.filter((waiting) => waiting !== next);
      this.#pages.set(response, { appId, bytes, sentAt: undefined, pacedBytes: 0, pacedAt: 0 });
      next.enter();
    }
    if (this.#waiting.length > 0) this.#look ??= setInterval(() => this.#makeRoom(), LOOK_EVERY_MS);
    else if (this.#look !== undefined) {
      clearInterval(this.#look);
      this.#look = undefined;
    }
  }

  // Nobody enters before the first: whoever asks for little would else keep out whoever asks for much.
  #findNext(): Waiting | undefined {
    const { all, byApp } = this.#takenBytes();
    const first = this.#findFirst(byApp);
    if (first === undefined || this.#pages.size === 0) return first;
    const most = isFirstPage(first, byApp) ? MOST_BYTES + MOST_OF_FIRST_PAGES : MOST_BYTES;
    return all + first.bytes <= most ? first : undefined;
  }

  #findFirst(byApp: TakenBytes['byApp']): Waiting | undefined {
    let first: Waiting | undefined;
    let least = Number.POSITIVE_INFINITY;
    for (const waiting of this.#waiting) {
      const taken = byApp.get(waiting.appId) ?? 0;
      const rank = isFirstPage(waiting, byApp) ? -1 : taken;
      if (rank >= least || (taken > 0 && taken + waiting.bytes > MOST_OF_AN_APP)) continue;
      [first, least] = [waiting, rank];
    }
    return first;
  }

  #takenBytes(): TakenBytes {
    const byApp = new Map<number, number>();
    let all = 0;
    for (const { appId, bytes } of this.#pages.values()) {
      all += bytes;
      byApp.set(appId, (byApp.get(appId) ?? 0) + bytes);
    }
    return { all, byApp };
  }

  // A client that is slow keeps its page for as long as nobody else needs the room.
  #makeRoom(): void {
    const now = performance.now();
    const stalled = [...this.#pages].filter(([, page]) => isLarge(page) && now - page.pacedAt > PACE_MS);
    for (const [response] of stalled) response.destroy();
    if (stalled.length === 0) this.#findBeyondShare(now)?.destroy();
    const late = this.#waiting.filter(({ since }) => now - since > WAIT_MS);
    this.#waiting = this.#waiting.filter(({ since }) => now - since <= WAIT_MS);
    for (const { refuse } of late) refuse(new PartnerError('unavailable'));
    this.#admit();
  }

  // Of the app that has most, where another that has less than its share waits: the first page that is slow, or long.
  #findBeyondShare(now: number): ServerResponse | undefined {
    const { byApp } = this.#takenBytes();
    const first = this.#findFirst(byApp);
    const apps = new Set([...byApp.keys(), ...this.#waiting.map(({ appId }) => appId)]);
    const share = MOST_BYTES / apps.size;
    const [largest] = [...byApp].sort(([, one], [, other]) => other - one);
    if (first === undefined || largest === undefined) return undefined;
    const [appId, taken] = largest;
    if (taken <= share || (byApp.get(first.appId) ?? 0) >= share) return undefined;
    for (const [response, page] of this.#pages) {
      if (page.appId !== appId || !isLarge(page)) continue;
      if (now - page.pacedAt > PACE_BEYOND_SHARE_MS || now - page.sentAt > PACE_MS) return response;
    }
    return undefined;
  }
}

interface TakenBytes {
  readonly all: number;
  readonly byApp: ReadonlyMap<number, number>;
}

function isFirstPage({ appId, bytes }: AskedPage, byApp: TakenBytes['byApp']): boolean {
  return bytes <= PACE_BYTES && !byApp.has(appId);
}

// Small ones are sent in one piece, and take little room.
function isLarge(page: Page): page is Page & { readonly sentAt: number } {
  return page.sentAt !== undefined && page.bytes > PACE_BYTES;
}
