import type { TableProgress } from './transfer-ends.js';
import { TransferRefused } from './transfer-refused.js';

/** What is written down about a transfer, in the target: each entry a name and a text. */
export const SOURCE_ENTRY = 'source';

/** The entry of a table: how far it has been copied. */
export function tableEntry(table: string): string {
  return `table ${table}`;
}

/** Begins the entry of an index that is made once all rows are there; the entry has the statement. */
export const INDEX_ENTRY = 'index ';

/** A table of which nothing has been copied. */
export const NOTHING_COPIED: TableProgress = { rows: 0, last: null };

/** How far a table has been copied, as an entry has it. */
export function progressText({ rows, last }: TableProgress): string {
  return JSON.stringify({ rows, last });
}

/** Reads what {@link progressText} has written. */
export function parseProgress(text: string): TableProgress {
  const progress: TableProgress = JSON.parse(text);
  return progress;
}

/** Refuses a transfer from another database than the one that was begun with. */
export function refuseOtherSource(begun: string | undefined, sourceName: string): void {
  if (begun === sourceName) return;
  throw new TransferRefused(
    `A move from ${begun ?? 'another database'} into this database has begun: go on with that one, or begin anew with an empty database.`,
  );
}

/** The transfer was refused because the target holds something. */
export function notEmpty(targetName: string, table: string): TransferRefused {
  return new TransferRefused(
    `The database ${targetName} is not empty: it has ${table}. Records are moved only into an empty one.`,
  );
}

/** Another process has copied rows of the same table at the same time. */
export function transferredTwice(targetName: string): TransferRefused {
  return new TransferRefused(`Another process is moving records into ${targetName} at the same time.`);
}
