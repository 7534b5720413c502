/** Pauses between the attempts of a delivery, in milliseconds; one attempt more than pauses is made. */
export type RetrySchedule = readonly number[];

/** How far a pause may be from the schedule's, as a part of it, so that what failed together does not come together. */
const JITTER = 0.1;

/**
 * How long to wait after an attempt that failed, in milliseconds; undefined when it was the last.
 *
 * @param options `failures` counts this one, `retryAfterMs` is what the receiver asked for: it can only make it longer
 */
export function nextDelayMs(
  schedule: RetrySchedule,
  { failures, retryAfterMs = 0 }: { readonly failures: number; readonly retryAfterMs?: number | undefined },
): number | undefined {
  const pause = schedule[failures - 1];
  if (pause === undefined) return undefined;
  const jittered = pause * (1 - JITTER + 2 * JITTER * Math.random());
  return Math.round(Math.max(jittered, retryAfterMs));
}
