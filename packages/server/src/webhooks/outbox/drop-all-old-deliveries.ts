import { setTimeout as wait } from 'node:timers/promises';
import type { Storage } from '../../storage/storage.js';
import { dropOldDeliveries, FIRST_WEBHOOK } from './old-delivery-store.js';

const DAY_MS = 24 * 60 * 60 * 1000;
/** Pause between two steps, in milliseconds: everybody else comes first. */
const PAUSE_MS = 25;

/** For how long deliveries are kept, in days. */
export interface KeptDays {
  readonly keepDeliveredDays: number;
  readonly keepFailedDays: number;
}

/** Drops all deliveries that were kept long enough, in small steps that nobody feels. @throws the storage's error */
export async function dropAllOldDeliveries(storage: Pick<Storage, 'write'>, kept: KeptDays): Promise<void> {
  const keepDeliveredMs = kept.keepDeliveredDays * DAY_MS;
  const keepFailedMs = kept.keepFailedDays * DAY_MS;
  let after: typeof FIRST_WEBHOOK | undefined = FIRST_WEBHOOK;
  while (after !== undefined) {
    after = await storage.write(dropOldDeliveries, { after, keepDeliveredMs, keepFailedMs });
    await wait(PAUSE_MS, undefined, { ref: false });
  }
}
