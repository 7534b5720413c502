import { type RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';

/** Consumes a point of a key, and gives how it stands, over the limit too. */
export async function consumePoint(
  limiter: RateLimiterMemory,
  key: string,
  options: { readonly customDuration?: number } = {},
): Promise<RateLimiterRes> {
  try {
    return await limiter.consume(key, 1, { ...options });
  } catch (refusal) {
    // The library rejects with its result when the points are used up.
    if (refusal instanceof RateLimiterRes) return refusal;
    throw refusal;
  }
}

/** Whole seconds until there is a point again, at least one. */
export function secondsToWait({ msBeforeNext }: RateLimiterRes): number {
  return Math.max(1, Math.ceil(msBeforeNext / 1000));
}
