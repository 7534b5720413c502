import type { Storage } from '../../storage/storage.js';
import type { ListQuery } from './list-query.js';

/**
 * The `updatedUntil` of a page, in milliseconds since 1970: what changed before it has been answered by the end of the walk
 * that this page is of, to whoever asks with what the last walk told, contract §3.2. To be had before the page is read.
 */
export async function updatedUntilOf(storage: Storage, query: ListQuery): Promise<number> {
  const { updatedUntil, updatedSince, page } = query;
  // All pages of a walk tell what the first one told: what has changed behind it since comes with the next walk.
  if (updatedUntil !== undefined) return updatedUntil;
  // Nobody knows when the first of numbered pages was read.
  if (page > 1) return Math.max(0, updatedSince ?? 0);
  // Nothing so late was ever told, unless the clock was set back since: then all is told again.
  if (updatedSince !== undefined && updatedSince > storage.now()) return 0;
  return storage.settledUntil();
}
