import { setTimeout as wait } from 'node:timers/promises';
import { SqliteConnection } from '../connection.js';
import { searchFileOf } from '../search/search-file.js';
import { prepareSqliteFile } from '../sqlite-storage.js';

/** How often it is looked whether all customers are in the search index, in milliseconds, and how often at most. */
const LOOK_EVERY_MS = 5;
const LOOKS = 2_000;

/** Makes a file that is a database with nothing in it, and its search index. */
export function createEmptyFile(file: string): void {
  prepareSqliteFile({ file, migrate: true });
}

/**
 * Copies a database that this process serves, or copies one into it, each with its search index: whoever has it open
 * sees the other contents from then on. Nobody may write customers meanwhile.
 *
 * @throws Error where customers go on waiting for the search index
 */
export async function copyLiveFile({
  from,
  to,
  served,
}: {
  readonly from: string;
  readonly to: string;
  /** Which of the two this process serves. */
  readonly served: string;
}): Promise<void> {
  await waitForIndex(served);
  for (const [source, target] of [
    [from, to],
    [searchFileOf(from), searchFileOf(to)],
  ] as const) {
    const connection = new SqliteConnection(source, 'copier');
    try {
      await connection.copyInto(target);
    } finally {
      connection.close();
    }
  }
}

// The indexer works on what it read before: between two of its turns nothing waits, and both files tell of the same one.
async function waitForIndex(file: string): Promise<void> {
  const connection = new SqliteConnection(file, 'reader');
  try {
    connection.runText('attach ? as search', [searchFileOf(file)]);
    for (let looks = 0; looks < LOOKS; looks += 1) {
      const [state] = connection.allText<{ is_idle: number }>(
        `select not exists (select 1 from search_pending)
           and (select generation from main.search_state) = (select generation from search.search_state) as is_idle`,
        [],
      );
      if (state?.is_idle === 1) return;
      await wait(LOOK_EVERY_MS);
    }
  } finally {
    connection.close();
  }
  throw new Error('customers go on waiting for the search index');
}
