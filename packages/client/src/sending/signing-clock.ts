/** How far the clock of a client may run ahead to give each request a time of its own, in milliseconds. */
const MOST_AHEAD_MS = 1_000;

/**
 * Times to sign with, in milliseconds since 1970: each a different one, since two equal requests with one time are a repeat
 * and not two, contract §1.1.
 *
 * @param now Unix time in milliseconds
 */
export function signingClock(now: () => number): () => number {
  let last = 0;
  return () => {
    const time = Math.floor(now());
    last = Math.min(Math.max(time, last + 1), time + MOST_AHEAD_MS);
    return last;
  };
}
