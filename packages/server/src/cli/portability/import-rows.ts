import { basename } from 'node:path';
import { type BulkResult, CUSTOMER_LIMITS } from '@countersign/contract';
import type { Row } from '@countersign/tabular';
import type { ImportCounts, ImportJournal, ImportProgress } from './import-journal.js';
import type { ImportProgressBar } from './import-progress.js';
import type { ImportSource, SourceChunk, SourceRow } from './import-source.js';
import type { ImportRules, ImportTarget, RunningImport } from './import-target.js';
import { RejectedFile } from './rejected-file.js';

/** An import of one file. */
export interface ImportWork {
  readonly source: ImportSource;
  readonly target: ImportTarget;
  readonly rules: ImportRules;
  readonly progress: ImportProgressBar;
}

/** What an import came to. */
export interface ImportOutcome {
  readonly importUuid: string;
  readonly counts: ImportCounts;
  /** Undefined where no row was rejected. */
  readonly rejectedFile: string | undefined;
}

const NOTHING: ImportCounts = { created: 0, updated: 0, unchanged: 0, skipped: 0, failed: 0 };
/** A row that is too long for a request of its own, in characters of JSON. */
const MOST_CHARACTERS = 250_000;

/** Reads the whole file, and asks what would become of each row; nothing is written. @throws TableError */
export async function checkRows(work: ImportWork, onFault: (fault: RejectedRow) => void): Promise<ImportCounts> {
  let counts = NOTHING;
  work.progress.begin('checking');
  for await (const chunk of work.source.chunks(0, work.progress.onBytes)) {
    const told = await sendChunk(work, chunk, undefined);
    counts = sumOf(counts, told.counts);
    told.rejected.forEach(onFault);
    work.progress.onRows(chunk.rows.length);
  }
  return counts;
}

/** Writes the rows, from where an earlier run of the same import was interrupted. @throws TableError, CommandFailure */
export async function importRows(
  work: ImportWork,
  journal: ImportJournal,
  { before, total }: { readonly before: ImportProgress | undefined; readonly total: number | null },
): Promise<ImportOutcome> {
  const { source, target, progress } = work;
  const name = [...basename(source.file)].slice(0, CUSTOMER_LIMITS.text).join('');
  let at = before ?? { importUuid: await target.begin(name, total), doneRows: 0, counts: NOTHING, rejectedBytes: 0 };
  const rejectedFile = new RejectedFile(source, at.rejectedBytes);
  if (before === undefined) journal.write(at);
  progress.begin('importing');
  for await (const chunk of source.chunks(at.doneRows, progress.onBytes)) {
    const { counts, rejected } = await sendChunk(work, chunk, { uuid: at.importUuid, key: String(chunk.start) });
    rejectedFile.add(rejected);
    at = {
      importUuid: at.importUuid,
      doneRows: chunk.start + chunk.rows.length,
      counts: sumOf(at.counts, counts),
      rejectedBytes: rejectedFile.bytes,
    };
    journal.write(at);
    progress.onRows(chunk.rows.length);
  }
  await target.finish(at.importUuid);
  journal.remove();
  return {
    importUuid: at.importUuid,
    counts: at.counts,
    rejectedFile: rejectedFile.bytes === 0 ? undefined : rejectedFile.path,
  };
}

/** A row and why it was rejected. */
export interface RejectedRow {
  readonly row: Row;
  readonly reason: string;
}

async function sendChunk({ target, rules }: ImportWork, { rows }: SourceChunk, running: RunningImport | undefined) {
  const sent = rows.filter((row) => findOwnFault(row) === undefined);
  const results =
    sent.length === 0
      ? []
      : await target.send(
          sent.map(({ input }) => input),
          running,
        );
  const counts = { ...NOTHING };
  const rejected: RejectedRow[] = [];
  let next = 0;
  for (const row of rows) {
    const own = findOwnFault(row);
    const told = own === undefined ? toldOf(results[next++], rules) : { outcome: 'failed' as const, reason: own };
    counts[told.outcome] += 1;
    if (told.outcome === 'failed') rejected.push({ row: row.row, reason: told.reason });
  }
  return { counts, rejected };
}

// What the file itself has wrong the server would not see.
function findOwnFault({ problems, length }: SourceRow): string | undefined {
  if (problems.length > 0) return problems.map(({ message }) => message).join(' ');
  return length > MOST_CHARACTERS ? 'The row is too long.' : undefined;
}

type Told =
  | { readonly outcome: Exclude<keyof ImportCounts, 'failed'> }
  | { readonly outcome: 'failed'; readonly reason: string };

function toldOf(result: BulkResult | undefined, { by, onExisting }: ImportRules): Told {
  if (result === undefined) throw new Error('a row of an import has no result');
  if (result.success) return { outcome: 'outcome' in result && result.outcome ? result.outcome : 'created' };
  const isThere = result.code === (by === 'email' ? 'email_already_exists' : 'external_id_already_exists');
  return isThere && onExisting === 'skip' ? { outcome: 'skipped' } : { outcome: 'failed', reason: result.error };
}

function sumOf(one: ImportCounts, other: ImportCounts): ImportCounts {
  return {
    created: one.created + other.created,
    updated: one.updated + other.updated,
    unchanged: one.unchanged + other.unchanged,
    skipped: one.skipped + other.skipped,
    failed: one.failed + other.failed,
  };
}
