import { LRUCache } from 'lru-cache';
import { Pool } from 'undici';
import { findCallbackUrlProblem } from './callback-address.js';
import type { CallbackPolicy } from './callback-host.js';
import { checkedConnector, type OpenSocket, openTcpSocket } from './checked-connector.js';
import type { DeliveryFault } from './delivery-fault.js';
import { faultOfError } from './fault-of-error.js';
import { readAnswer } from './read-answer.js';
import { hostResolver, type ResolveHost } from './resolve-host.js';
import { readRetryAfterMs } from './retry-after.js';

/** Time for an attempt, from looking up the host to the last byte of the answer, in milliseconds, contract §5. */
const ANSWER_TIMEOUT_MS = 10_000;

/** Origins that keep connections open; the one that was used least recently closes its own. */
const MOST_ORIGINS = 500;

/** How long an unused connection stays open, and how long any is used at all, in milliseconds. */
const IDLE_MS = 4_000;
const LONGEST_IDLE_MS = 30_000;
const CONNECTION_LIFETIME_MS = 300_000;

/** How a sender works. */
export interface DeliverySenderOptions {
  readonly policy: CallbackPolicy;
  /** Time for an attempt as a whole, in milliseconds; 10 seconds by default. */
  readonly timeoutMs?: number | undefined;
  /** Looks names up; by default as {@link hostResolver} does. */
  readonly resolve?: ResolveHost | undefined;
  /** Begins TCP connections to addresses that were checked; by default straight to them. */
  readonly openSocket?: OpenSocket | undefined;
  /** Certificates that are trusted instead of the usual ones, in PEM. */
  readonly ca?: string | undefined;
}

/** A delivery as it goes over the wire. */
export interface OutgoingDelivery {
  readonly callbackUrl: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The very text that was signed. */
  readonly body: string;
  /** Gives the attempt up as if it had never been made. */
  readonly signal?: AbortSignal | undefined;
}

/** How an attempt ended; it delivered when `fault` is undefined. */
export interface AttemptResult {
  /** Status of the answer; undefined when there was none. */
  readonly statusCode: number | undefined;
  /** From the first step to the last, in whole milliseconds. */
  readonly durationMs: number;
  readonly fault: DeliveryFault | undefined;
  /** The answer's first 4 KiB at most, as text that is safe to show. */
  readonly answerStart: string;
  /** How long a receiver that failed asks to wait, in milliseconds, at most a day. */
  readonly retryAfterMs: number | undefined;
}

/** Sends deliveries; see {@link createDeliverySender}. */
export interface DeliverySender {
  /**
   * Makes one attempt.
   *
   * @throws the reason of the delivery's signal when it was aborted
   */
  send(delivery: OutgoingDelivery): Promise<AttemptResult>;
  /** Waits for attempts that are being made, and closes all connections. */
  close(): Promise<void>;
}

/**
 * A sender that never opens a door inside: it connects to nothing but the addresses that it checked, follows no redirect,
 * uses no proxy, waits 10 seconds for an answer and reads 64 KiB of it, contract §5.
 */
export function createDeliverySender(options: DeliverySenderOptions): DeliverySender {
  const { policy, timeoutMs = ANSWER_TIMEOUT_MS, resolve = hostResolver(policy), openSocket = openTcpSocket } = options;
  const connect = checkedConnector({ policy, resolve, openSocket, timeoutMs, ca: options.ca });
  const closing = new Set<Promise<void>>();
  const close = (pool: Pool) => {
    const closed = pool.close().finally(() => closing.delete(closed));
    closing.add(closed);
  };
  const pools = new LRUCache<string, Pool>({
    max: MOST_ORIGINS,
    dispose: close,
    memoMethod: (origin) => openPool(origin, connect),
  });
  return {
    send: (delivery) => {
      if (findCallbackUrlProblem(delivery.callbackUrl, policy) !== undefined) return Promise.resolve(NOT_ALLOWED);
      const url = new URL(delivery.callbackUrl);
      return attempt(delivery, { pool: pools.memo(url.origin), path: url.pathname + url.search, timeoutMs });
    },
    async close() {
      pools.clear();
      await Promise.all(closing);
    },
  };
}

const NOT_ALLOWED: AttemptResult = {
  statusCode: undefined,
  durationMs: 0,
  fault: 'url_not_allowed',
  answerStart: '',
  retryAfterMs: undefined,
};

function openPool(origin: string, connect: ReturnType<typeof checkedConnector>): Pool {
  return new Pool(origin, {
    connect,
    // As many as there are attempts under way: one must not spend its time waiting for another that hangs.
    connections: null,
    pipelining: 1,
    allowH2: false,
    keepAliveTimeout: IDLE_MS,
    keepAliveMaxTimeout: LONGEST_IDLE_MS,
    clientTtl: CONNECTION_LIFETIME_MS,
    // The attempt as a whole has a limit of its own.
    headersTimeout: 0,
    bodyTimeout: 0,
  });
}

interface AttemptParts {
  readonly pool: Pool;
  readonly path: string;
  readonly timeoutMs: number;
}

async function attempt(delivery: OutgoingDelivery, { pool, path, timeoutMs }: AttemptParts): Promise<AttemptResult> {
  const startedMs = performance.now();
  const deadline = new AbortController();
  const giveUp = () => deadline.abort();
  const timer = setTimeout(giveUp, timeoutMs);
  delivery.signal?.addEventListener('abort', giveUp);
  try {
    delivery.signal?.throwIfAborted();
    const exchange = await exchangeOnce(pool, { path, delivery, signal: deadline.signal });
    delivery.signal?.throwIfAborted();
    const fault = deadline.signal.aborted && exchange.failure !== undefined ? 'timeout' : faultOfExchange(exchange);
    return {
      statusCode: exchange.statusCode,
      durationMs: Math.round(performance.now() - startedMs),
      fault,
      answerStart: exchange.start,
      retryAfterMs: fault === undefined ? undefined : readRetryAfterMs(exchange.retryAfter, Date.now()),
    };
  } finally {
    clearTimeout(timer);
    delivery.signal?.removeEventListener('abort', giveUp);
  }
}

interface Exchange {
  readonly statusCode: number | undefined;
  readonly start: string;
  readonly retryAfter: string | string[] | undefined;
  /** Why there is no answer, or only a part of one. */
  readonly failure: unknown;
}

interface ExchangeParts {
  readonly path: string;
  readonly delivery: OutgoingDelivery;
  readonly signal: AbortSignal;
}

async function exchangeOnce(pool: Pool, { path, delivery, signal }: ExchangeParts): Promise<Exchange> {
  const { headers, body } = delivery;
  try {
    const answer = await pool.request({ method: 'POST', path, headers, body, signal });
    const encoding = String(answer.headers['content-encoding'] ?? '').toLowerCase();
    const { start, failure } = await readAnswer(answer.body, encoding);
    return { statusCode: answer.statusCode, start, retryAfter: answer.headers['retry-after'], failure };
  } catch (failure) {
    return { statusCode: undefined, start: '', retryAfter: undefined, failure };
  }
}

function faultOfExchange({ statusCode, failure }: Exchange): DeliveryFault | undefined {
  if (failure !== undefined) return faultOfError(failure);
  if (statusCode === undefined) throw new Error('an exchange without a failure has a status');
  if (statusCode >= 300 && statusCode <= 399) return 'redirect';
  return statusCode >= 200 && statusCode <= 299 ? undefined : 'bad_status';
}
