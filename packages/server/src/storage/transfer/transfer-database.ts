import { resolve } from 'node:path';
import { describeDatabase, findSqliteFile, isPostgresUrl, unusable } from '../open-storage.js';
import { refusedValueState } from '../postgres/postgres-fault.js';
import { StorageUnusable } from '../storage-unusable.js';
import { type ComparedTable, compareEnds, isEqual } from './compare-ends.js';
import { planTransfer, type TransferTable } from './plan-transfer.js';
import { openPostgresSource } from './postgres/postgres-source.js';
import { openPostgresTarget } from './postgres/postgres-target.js';
import { readAhead } from './read-ahead.js';
import { openSqliteSource } from './sqlite/sqlite-source.js';
import { openSqliteTarget } from './sqlite/sqlite-target.js';
import type { TableProgress, TransferSource, TransferTarget } from './transfer-ends.js';
import { TransferRefused } from './transfer-refused.js';

/** What a transfer is at: copying rows, or reading both sides again to compare them. */
export type TransferPhase = 'copy' | 'verify';

/** Told of how a transfer goes on. */
export interface TransferWatcher {
  /** A phase begins; `total` rows are to be done, of which `done` were done before. */
  onPhase(phase: TransferPhase, work: { readonly done: number; readonly total: number }): void;
  /** So many rows more are done. */
  onRows(table: string, rows: number): void;
}

/** What is copied where. */
export interface TransferOptions {
  /** The URL of the database that is copied. */
  readonly from: string;
  /** The URL of an empty database, or of one into which the same transfer was begun. */
  readonly to: string;
  readonly watcher: TransferWatcher;
}

/** What was copied, as it is in both databases. */
export interface TransferReport {
  readonly tables: readonly { readonly name: string; readonly rows: number; readonly checksum: string }[];
}

/** Both databases, open, and what is copied between them. */
interface Transfer {
  readonly source: TransferSource;
  readonly target: TransferTarget;
  readonly tables: readonly TransferTable[];
  readonly watcher: TransferWatcher;
}

/**
 * Copies everything from one database into another, or goes on with that, and compares both at the end. Nobody writes to
 * the source meanwhile, and no server starts on the target before all of it is there and the same.
 *
 * @throws StorageUnusable with one sentence for the operator; then what was copied is kept, and the transfer can go on
 */
export async function transferDatabase({ from, to, watcher }: TransferOptions): Promise<TransferReport> {
  const names = { from: nameOf(from), to: nameOf(to) };
  if (names.from === names.to) throw new TransferRefused('A database cannot be moved into itself.');
  const source = await named(names.from, () => openSource(from, names.from));
  try {
    const target = await named(names.to, () => openTarget(to, names.to));
    try {
      const tables = planTransfer(await source.tables(), await target.tables());
      return await transferBetween({ source, target, tables, watcher });
    } finally {
      await target.close();
    }
  } catch (error) {
    const state = refusedValueState(error);
    if (state !== undefined) throw refusedRow(names.to, { state, cause: error });
    throw unusable(`${names.from} or ${names.to}`, error);
  } finally {
    await source.close();
  }
}

function refusedRow(
  target: string,
  { state, cause }: { readonly state: string; readonly cause: unknown },
): TransferRefused {
  return new TransferRefused(
    `The database ${target} refuses a row (SQLSTATE ${state}): somebody else writes to it, or it cannot hold what is copied.`,
    { cause },
  );
}

/** What a database is called, whatever folder the command is run in. */
function nameOf(url: string): string {
  const file = findSqliteFile(url);
  return file === undefined ? describeDatabase(url) : resolve(file);
}

async function openSource(url: string, name: string): Promise<TransferSource> {
  if (isPostgresUrl(url)) return openPostgresSource(url, name);
  return openSqliteSource(parseFileUrl(url), name);
}

async function openTarget(url: string, name: string): Promise<TransferTarget> {
  if (isPostgresUrl(url)) return openPostgresTarget(url, name);
  return openSqliteTarget(parseFileUrl(url), name);
}

function parseFileUrl(url: string): string {
  const file = findSqliteFile(url);
  if (file === undefined) throw new StorageUnusable('A database URL must be sqlite: and a path, or postgres://.');
  return file;
}

async function named<T>(name: string, open: () => Promise<T>): Promise<T> {
  try {
    return await open();
  } catch (error) {
    throw unusable(name, error);
  }
}

async function transferBetween(transfer: Transfer): Promise<TransferReport> {
  const { source, target, tables } = transfer;
  const begun = await target.begin(source.name, tables);
  const total = await countAll(transfer);
  await copyAll(transfer, { begun, total });
  await target.makeTotals(tables);
  // Both only read what was copied. Neither is left behind at work when the other fails.
  const [compared, indexed] = await Promise.allSettled([compareAll(transfer, total), target.makeIndexes()]);
  if (compared.status === 'rejected') throw compared.reason;
  if (indexed.status === 'rejected') throw indexed.reason;
  refuseDifference(compared.value, target.name);
  await target.finish(tables);
  return { tables: compared.value.map(({ name, source: { rows, checksum } }) => ({ name, rows, checksum })) };
}

async function countAll({ source, tables }: Transfer): Promise<number> {
  let total = 0;
  for (const table of tables) total += await source.countRows(table);
  return total;
}

/** How far the tables of a transfer were copied before, and how many rows they have in all. */
interface Begun {
  readonly begun: ReadonlyMap<string, TableProgress>;
  readonly total: number;
}

async function copyAll({ source, target, tables, watcher }: Transfer, { begun, total }: Begun): Promise<void> {
  const done = [...begun.values()].reduce((sum, { rows }) => sum + rows, 0);
  watcher.onPhase('copy', { done, total });
  for (const table of tables) {
    let before = begun.get(table.name);
    if (before === undefined) throw new Error(`nothing is known of ${table.name}`);
    for await (const chunk of readAhead(source.readFrom(table, before.last))) {
      before = await target.store({ table, chunk, before });
      watcher.onRows(table.name, chunk.rows);
    }
  }
}

function compareAll({ source, target, tables, watcher }: Transfer, total: number): Promise<ComparedTable[]> {
  watcher.onPhase('verify', { done: 0, total: 2 * total });
  return compareEnds({ source, target, tables, onRead: (table, rows) => watcher.onRows(table, rows) });
}

function refuseDifference(compared: readonly ComparedTable[], targetName: string): void {
  const different = compared.filter((table) => !isEqual(table));
  if (different.length === 0) return;
  const tables = different.map(({ name, source, target }) =>
    source.rows === target.rows
      ? `${name} (${source.rows} rows, other contents)`
      : `${name} (${source.rows} rows there, ${target.rows} here)`,
  );
  throw new TransferRefused(
    `Not everything arrived as it was: ${tables.join(', ')} in ${targetName}. Begin anew with an empty database.`,
  );
}
