import { setTimeout as wait } from 'node:timers/promises';

/** How often to look, in milliseconds. */
const LOOK_EVERY_MS = 250;

/** How long to wait for something to be there. */
export interface WaitOptions {
  readonly waitMs: number;
  /** Ends the waiting early. */
  readonly signal: AbortSignal;
}

/** Looks until something was found, or the time is over; gives what was found last. */
export async function waitFor<T>(
  find: () => Promise<readonly T[]>,
  { waitMs, signal }: WaitOptions,
): Promise<readonly T[]> {
  const end = Date.now() + waitMs;
  for (;;) {
    const found = await find();
    const leftMs = end - Date.now();
    if (found.length > 0 || leftMs <= 0 || signal.aborted) return found;
    await wait(Math.min(LOOK_EVERY_MS, leftMs), undefined, { signal }).catch(() => undefined);
  }
}
