import { PartnerError } from '@countersign/contract';
import { LRUCache } from 'lru-cache';
import { agingClock } from '../clock.js';
import { type Count, type Limiter, secondsLeft } from '../shared-state/limiter.js';
import type { SharedState } from '../shared-state/shared-state.js';
import { addressKey } from './address-key.js';

/** Length of a window, in seconds: limits are a minute's, contract §1.3. */
const WINDOW_SECONDS = 60;
/** Addresses that are refused at once, and apps. */
const KEPT_REFUSALS = 100_000;

/** How a limit stands after a request. */
export interface RateLimitState {
  readonly policy: 'client' | 'auth-failures';
  readonly limit: number;
  readonly remaining: number;
  readonly resetSeconds: number;
}

/** A limit that was passed, with how it stands, for the answer's headers. */
export class RateLimited extends PartnerError {
  readonly state: RateLimitState;

  constructor(message: string, state: RateLimitState) {
    super('rate_limit_exceeded', message, {
      details: { limit: state.limit, windowSeconds: WINDOW_SECONDS, retryAfterSeconds: state.resetSeconds },
    });
    this.state = state;
  }
}

/** Counts of requests by client and of failed ones by address. */
export class RateLimits {
  readonly #shared: SharedState;
  readonly #clientDefault: number;
  readonly #clientLimiters = new Map<number, Limiter>();
  readonly #failureLimit: number;
  readonly #failures: Limiter;
  /** Addresses, by private name, that are refused as long as they stand here. */
  readonly #refused = refusals();
  /** Limits of apps, by {@link spentKey}, that were passed in the window that still runs. */
  readonly #spent = refusals();

  constructor(shared: SharedState, limits: { readonly perClient: number; readonly authFailures: number }) {
    this.#shared = shared;
    this.#clientDefault = limits.perClient;
    this.#failureLimit = limits.authFailures;
    this.#failures = shared.openLimiter({
      name: 'failures',
      points: limits.authFailures,
      seconds: WINDOW_SECONDS,
      isFinal: true,
    });
    shared.onNotice((notice) => {
      if (notice.about === 'address-refused') refuseFor(this.#refused, notice.address, notice.forMs);
    });
  }

  /**
   * Counts a request of a client; undefined where the client has no limit.
   *
   * @throws RateLimited over the limit
   */
  async countRequest(clientId: string, ownLimit: number | null): Promise<RateLimitState | undefined> {
    const limit = ownLimit ?? this.#clientDefault;
    if (limit === 0) return undefined;
    const count = await this.#clientLimiter(limit).count(clientId);
    const state = stateOf('client', limit, count);
    if (!count.isOver) return state;
    refuseFor(this.#spent, spentKey(clientId, limit), count.leftMs);
    throw overLimit(state);
  }

  /**
   * Refuses a client that was over its limit before, without counting: for requests that are not proved yet.
   *
   * @throws RateLimited
   */
  refuseSpent(clientId: string, ownLimit: number | null): void {
    if (this.#spent.size === 0) return;
    const limit = ownLimit ?? this.#clientDefault;
    const leftMs = this.#spent.getRemainingTTL(spentKey(clientId, limit));
    if (leftMs > 0) throw overLimit({ policy: 'client', limit, remaining: 0, resetSeconds: secondsLeft({ leftMs }) });
  }

  /** Refuses an address that has failed too often. @throws RateLimited */
  refuseGuessing(address: string): void {
    if (this.#refused.size === 0 || this.#failureLimit === 0) return;
    const name = this.#shared.nameOf(addressKey(address));
    if (!this.#refused.has(name)) return;
    const leftMs = this.#refused.getRemainingTTL(name);
    const resetSeconds = secondsLeft({ leftMs });
    throw new RateLimited(`Too many requests from this address failed authentication. Wait ${resetSeconds} s.`, {
      policy: 'auth-failures',
      limit: this.#failureLimit,
      remaining: 0,
      resetSeconds,
    });
  }

  /** Counts a request that failed authentication. Every process then knows when the address is to be refused. */
  async countFailure(address: string): Promise<RateLimitState | undefined> {
    if (this.#failureLimit === 0) return undefined;
    const name = this.#shared.nameOf(addressKey(address));
    const count = await this.#failures.count(name);
    if (count.remaining === 0) {
      refuseFor(this.#refused, name, count.leftMs);
      await this.#shared.tell({ about: 'address-refused', address: name, forMs: count.leftMs });
    }
    return stateOf('auth-failures', this.#failureLimit, count);
  }

  /** Refuses nobody any more for what was counted so far. */
  forget(): void {
    this.#refused.clear();
    this.#spent.clear();
  }

  #clientLimiter(limit: number): Limiter {
    const known = this.#clientLimiters.get(limit);
    if (known !== undefined) return known;
    const name = `client-${limit}`;
    const limiter = this.#shared.openLimiter({ name, points: limit, seconds: WINDOW_SECONDS, isFinal: true });
    this.#clientLimiters.set(limit, limiter);
    return limiter;
  }
}

type Refusals = LRUCache<string, true>;

function refusals(): Refusals {
  return new LRUCache({ max: KEPT_REFUSALS, ttl: WINDOW_SECONDS * 1000, ttlAutopurge: true, perf: agingClock() });
}

function refuseFor(refused: Refusals, name: string, forMs: number): void {
  const ttl = Math.min(Math.ceil(forMs), WINDOW_SECONDS * 1000);
  if (ttl > 0) refused.set(name, true, { ttl });
}

// With its number, so that a limit that was raised holds at once.
function spentKey(clientId: string, limit: number): string {
  return `${limit} ${clientId}`;
}

function overLimit(state: RateLimitState): RateLimited {
  const { limit, resetSeconds } = state;
  return new RateLimited(`This app may send ${limit} requests a minute. Wait ${resetSeconds} s.`, state);
}

function stateOf(policy: RateLimitState['policy'], limit: number, count: Count): RateLimitState {
  return { policy, limit, remaining: count.remaining, resetSeconds: secondsLeft(count) };
}

/** The `RateLimit` fields of an answer: the IETF draft's, and the older ones that clients read, contract §1.3. */
export function rateLimitHeaders({ policy, limit, remaining, resetSeconds }: RateLimitState): Record<string, string> {
  return {
    'ratelimit-policy': `"${policy}";q=${limit};w=${WINDOW_SECONDS}`,
    ratelimit: `"${policy}";r=${remaining};t=${resetSeconds}`,
    'ratelimit-limit': String(limit),
    'ratelimit-remaining': String(remaining),
    'ratelimit-reset': String(resetSeconds),
  };
}
