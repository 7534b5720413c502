import { setMaxListeners } from 'node:events';
import { LRUCache } from 'lru-cache';
import { Pool } from 'undici';
import { currentTime } from '../../clock.js';
import { findCallbackUrlProblem } from '../subscriptions/callback-address.js';
import type { CallbackPolicy } from '../subscriptions/callback-host.js';
import { checkedConnector, type OpenSocket, openTcpSocket } from './checked-connector.js';
import { DeliveryFailure, type DeliveryFault } from './delivery-fault.js';
import { faultOfError } from './fault-of-error.js';
import { type AnswerSoFar, answerStart, noAnswer, readAnswer } from './read-answer.js';
import { rejectWhenAborted } from './reject-when-aborted.js';
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
  const closing = new AbortController();
  // One listener for each connection.
  setMaxListeners(0, closing.signal);
  const connect = checkedConnector({
    policy,
    resolve,
    openSocket,
    timeoutMs,
    ca: options.ca,
    signal: closing.signal,
  });
  const pools = new LRUCache<string, Pool>({
    max: MOST_ORIGINS,
    dispose: (pool) => void pool.close(),
    memoMethod: (origin) => openPool(origin, connect),
  });
  const inFlight = new Set<Promise<unknown>>();
  return {
    async send(delivery) {
      if (findCallbackUrlProblem(delivery.callbackUrl, policy) !== undefined) return NOT_ALLOWED;
      const url = new URL(delivery.callbackUrl);
      const sending = attempt(delivery, { pool: pools.memo(url.origin), path: url.pathname + url.search, timeoutMs });
      inFlight.add(sending);
      return await sending.finally(() => inFlight.delete(sending));
    },
    async close() {
      await Promise.allSettled(inFlight);
      closing.abort();
      await Promise.all([...pools.values()].map((pool) => pool.destroy()));
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
    // As many as there are attempts in flight: one must not spend its time waiting for another that hangs.
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
  const { headers, body, signal: given } = delivery;
  const startedMs = performance.now();
  const ending = new AbortController();
  const giveUp = () => ending.abort(given?.reason);
  const timer = setTimeout(() => ending.abort(new DeliveryFailure('timeout')), timeoutMs);
  given?.addEventListener('abort', giveUp);
  const soFar = noAnswer();
  const receive = async () =>
    readAnswer(await pool.request({ method: 'POST', path, headers, body, signal: ending.signal }), soFar);
  try {
    given?.throwIfAborted();
    // A request that waits for its connection does not notice the end.
    const failure = await Promise.race([receive(), rejectWhenAborted(ending.signal)]).catch((error: unknown) => error);
    given?.throwIfAborted();
    return resultOf(soFar, { failure, durationMs: Math.round(performance.now() - startedMs) });
  } finally {
    clearTimeout(timer);
    given?.removeEventListener('abort', giveUp);
  }
}

interface AttemptEnd {
  /** Why the answer is not there, or only a part of it; undefined when it is. */
  readonly failure: unknown;
  readonly durationMs: number;
}

function resultOf(soFar: AnswerSoFar, { failure, durationMs }: AttemptEnd): AttemptResult {
  const { statusCode, headers } = soFar.head ?? {};
  const fault = failure === undefined ? faultOfStatus(statusCode) : faultOfError(failure);
  return {
    statusCode,
    durationMs,
    fault,
    answerStart: answerStart(soFar),
    retryAfterMs: fault === undefined ? undefined : readRetryAfterMs(headers?.['retry-after'], currentTime()),
  };
}

/** Why an answer of a status is no success; undefined for 2xx. */
export function faultOfStatus(statusCode = 0): DeliveryFault | undefined {
  if (statusCode >= 300 && statusCode <= 399) return 'redirect';
  return statusCode >= 200 && statusCode <= 299 ? undefined : 'bad_status';
}
