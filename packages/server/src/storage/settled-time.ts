/**
 * How far `updatedUntil` stays behind the oldest change that is in flight, in milliseconds. It covers what a change's own
 * time may lie before the start of its statement ({@link STALE_AFTER_MS}), and as much again for clocks that are set back.
 */
const MARGIN_MS = 10_000;
/** A change that would carry a time this far before the start of its statement, in milliseconds, is refused. */
export const STALE_AFTER_MS = 5_000;

/**
 * A time before which nothing changes any more.
 *
 * @param now the clock that changes go by, in milliseconds since 1970
 * @param oldest when the oldest change began that is in flight and may not be seen yet; undefined when there is none
 */
export function settledTime(now: number, oldest: number | undefined): number {
  return Math.max(0, Math.floor(Math.min(now, oldest ?? now)) - MARGIN_MS);
}
