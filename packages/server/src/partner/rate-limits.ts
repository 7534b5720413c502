import { PartnerError } from '@countersign/contract';
import { RateLimiterMemory, type RateLimiterRes } from 'rate-limiter-flexible';
import { addressKey } from './address-key.js';
import { consumePoint, secondsToWait } from './consume-point.js';

/** Length of a window, in seconds: limits are a minute's, contract §1.3. */
const WINDOW_SECONDS = 60;

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
  readonly #clientDefault: number;
  readonly #clientLimiters = new Map<number, RateLimiterMemory>();
  readonly #failureLimit: number;
  readonly #failures: RateLimiterMemory;
  #hasFailures = false;

  constructor(limits: { readonly perClient: number; readonly authFailures: number }) {
    this.#clientDefault = limits.perClient;
    this.#failureLimit = limits.authFailures;
    this.#failures = new RateLimiterMemory({ points: limits.authFailures, duration: WINDOW_SECONDS });
  }

  /**
   * Counts a request of a client; undefined where the client has no limit.
   *
   * @throws RateLimited over the limit
   */
  async countRequest(clientId: string, ownLimit: number | null): Promise<RateLimitState | undefined> {
    const limit = ownLimit ?? this.#clientDefault;
    if (limit === 0) return undefined;
    const result = await consumePoint(this.#clientLimiter(limit), clientId);
    const state = stateOf('client', limit, result);
    if (result.consumedPoints <= limit) return state;
    throw new RateLimited(`This app may send ${limit} requests a minute. Wait ${state.resetSeconds} s.`, state);
  }

  /** Refuses an address that has failed too often. @throws RateLimited */
  async refuseGuessing(address: string): Promise<void> {
    if (!this.#hasFailures || this.#failureLimit === 0) return;
    const result = await this.#failures.get(addressKey(address));
    if (result === null || result.consumedPoints < this.#failureLimit) return;
    const state = stateOf('auth-failures', this.#failureLimit, result);
    throw new RateLimited(
      `Too many requests from this address failed authentication. Wait ${state.resetSeconds} s.`,
      state,
    );
  }

  /** Counts a request that failed authentication. */
  async countFailure(address: string): Promise<RateLimitState | undefined> {
    if (this.#failureLimit === 0) return undefined;
    this.#hasFailures = true;
    return stateOf('auth-failures', this.#failureLimit, await consumePoint(this.#failures, addressKey(address)));
  }

  #clientLimiter(limit: number): RateLimiterMemory {
    const known = this.#clientLimiters.get(limit);
    if (known !== undefined) return known;
    const limiter = new RateLimiterMemory({ points: limit, duration: WINDOW_SECONDS });
    this.#clientLimiters.set(limit, limiter);
    return limiter;
  }
}

function stateOf(policy: RateLimitState['policy'], limit: number, result: RateLimiterRes): RateLimitState {
  return {
    policy,
    limit,
    remaining: Math.max(0, limit - result.consumedPoints),
    resetSeconds: secondsToWait(result),
  };
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
