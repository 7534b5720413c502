import { type RateLimiterAbstract, RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';

/** What a limit allows. */
export interface LimiterOptions {
  /** Sets its keys apart from those of other limits. */
  readonly name: string;
  /** How often a key may be counted in a window. */
  readonly points: number;
  /** Length of a window, in seconds, from the first count of a key. */
  readonly seconds: number;
  /** Whether a key that is over its limit stays so to the end of the window, because nothing is taken back. */
  readonly isFinal?: boolean;
}

/** How a key stands. */
export interface Count {
  readonly counted: number;
  readonly remaining: number;
  readonly isOver: boolean;
  /** Until the window ends, in milliseconds. */
  readonly leftMs: number;
}

/** Counts keys in windows of time. */
export interface Limiter {
  /** Counts a key once. `seconds` is the length of this key's window, where it begins now. */
  count(key: string, options?: { readonly seconds?: number }): Promise<Count>;
  /** How a key stands, or undefined where it was not counted. */
  find(key: string): Promise<Count | undefined>;
  /** Takes one count back. */
  takeBack(key: string): Promise<void>;
  /** Begins anew for a key. */
  forget(key: string): Promise<void>;
}

/** Opens limiters of one kind. */
export type OpenLimiter = (options: LimiterOptions) => Limiter;

/** A limiter in memory, for one process. */
export const memoryLimiter: OpenLimiter = ({ name, points, seconds }) =>
  limiterOver(new RateLimiterMemory({ keyPrefix: name, points, duration: seconds }));

/** Does some work with what is shared, or what stands in for it where that fails. */
export type Attempt = <T>(work: () => Promise<T>, otherwise: () => Promise<T>) => Promise<T>;

/** A limiter that counts with others where it can, and by itself where it can't. */
export function insuredLimiter(
  attempt: Attempt,
  { shared, own }: { readonly shared: Limiter; readonly own: Limiter },
): Limiter {
  const either = <T>(work: (limiter: Limiter) => Promise<T>) =>
    attempt(
      () => work(shared),
      () => work(own),
    );
  return {
    count: (key, options) => either((limiter) => limiter.count(key, options)),
    find: (key) => either((limiter) => limiter.find(key)),
    takeBack: (key) => either((limiter) => limiter.takeBack(key)),
    forget: (key) => either((limiter) => limiter.forget(key)),
  };
}

/** A limiter over one of the library's. */
export function limiterOver(limiter: RateLimiterAbstract): Limiter {
  return {
    async count(key, { seconds } = {}) {
      try {
        return countOf(await limiter.consume(key, 1, seconds === undefined ? {} : { customDuration: seconds }), false);
      } catch (refusal) {
        // The library rejects with its result when the points are used up.
        if (refusal instanceof RateLimiterRes) return countOf(refusal, true);
        throw refusal;
      }
    },
    async find(key) {
      const result = await limiter.get(key);
      return result === null ? undefined : countOf(result, result.consumedPoints > limiter.points);
    },
    async takeBack(key) {
      await limiter.reward(key);
    },
    async forget(key) {
      await limiter.delete(key);
    },
  };
}

function countOf({ consumedPoints, remainingPoints, msBeforeNext }: RateLimiterRes, isOver: boolean): Count {
  return { counted: consumedPoints, remaining: Math.max(0, remainingPoints), isOver, leftMs: msBeforeNext };
}

/** Whole seconds until the window ends, at least one. */
export function secondsLeft({ leftMs }: Pick<Count, 'leftMs'>): number {
  return Math.max(1, Math.ceil(leftMs / 1000));
}
