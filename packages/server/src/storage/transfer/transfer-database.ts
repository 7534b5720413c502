import { resolve } from 'node:path';
import { describeDatabase, findSqliteFile, isPostgresUrl, unusable } from '../open-storage.js';
import { refusedValueState } from '../postgres/postgres-fault.js';
import { StorageUnusable } from '../storage-unusable.js';
import { type ComparedTable, compareEnds, isEqual } from './compare-ends.js';
import { planMove, type TableMove } from './plan-transfer.js';
import { openPostgresSource } from './postgres-source.js';
import { openPostgresTarget } from './postgres-target.js';
import { readAhead } from './read-ahead.js';
import { openSqliteSource } from './sqlite-source.js';
import { openSqliteTarget } from './sqlite-target.js';
import type { MoveSource, MoveTarget, TableProgress } from './transfer-ends.js';
import { MoveRefused } from './transfer-refused.js';

/** What a move is at: copying rows, or reading both sides again to compare them. */
export type MovePhase = 'copy' | 'verify';

/** Told of how a move goes on. */
export interface MoveWatcher {
  /** A phase begins; `total` rows are to be done, of which `done` were done before. */
  onPhase(phase: MovePhase, work: { readonly done: number; readonly total: number }): void;
  /** So many rows more are done. */
  onRows(table: string, rows: number): void;
}

/** What is moved where. */
export interface MoveOptions {
  /** The URL of the database that is moved. */
  readonly from: string;
  /** The URL of an empty database, or of one into which the same move was begun. */
  readonly to: string;
  readonly watcher: MoveWatcher;
}

/** What was moved, as it is in both databases. */
export interface MoveReport {
  readonly tables: readonly { readonly name: string; readonly rows: number; readonly checksum: string }[];
}

/** Both databases, open, and what is moved between them. */
interface Move {
  readonly source: MoveSource;
  readonly target: MoveTarget;
  readonly moves: readonly TableMove[];
  readonly watcher: MoveWatcher;
}

/**
 * Moves everything from one database into another, or goes on with that, and compares both at the end. Nobody writes to
 * the source meanwhile, and no server starts on the target before all of it is there and the same.
 *
 * @throws StorageUnusable with one sentence for the operator; then what was copied is kept, and the move can go on
 */
export async function moveDatabase({ from, to, watcher }: MoveOptions): Promise<MoveReport> {
  const names = { from: nameOf(from), to: nameOf(to) };
  if (names.from === names.to) throw new MoveRefused('A database cannot be moved into itself.');
  const source = await named(names.from, () => openSource(from, names.from));
  try {
    const target = await named(names.to, () => openTarget(to, names.to));
    try {
      const moves = planMove(await source.tables(), await target.tables());
      return await moveBetween({ source, target, moves, watcher });
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
): MoveRefused {
  return new MoveRefused(
    `The database ${target} refuses a row (SQLSTATE ${state}): somebody else writes to it, or it cannot hold what is moved.`,
    { cause },
  );
}

/** What a database is called, whatever folder the command is run in. */
function nameOf(url: string): string {
  const file = findSqliteFile(url);
  return file === undefined ? describeDatabase(url) : resolve(file);
}

async function openSource(url: string, name: string): Promise<MoveSource> {
  if (isPostgresUrl(url)) return openPostgresSource(url, name);
  return openSqliteSource(requireFile(url), name);
}

async function openTarget(url: string, name: string): Promise<MoveTarget> {
  if (isPostgresUrl(url)) return openPostgresTarget(url, name);
  return openSqliteTarget(requireFile(url), name);
}

function requireFile(url: string): string {
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

async function moveBetween(move: Move): Promise<MoveReport> {
  const { source, target, moves } = move;
  const begun = await target.begin(source.name, moves);
  const total = await countAll(move);
  await copyAll(move, { begun, total });
  await target.settle(moves);
  // Both only read what was copied. Neither is left behind at work when the other fails.
  const [compared, indexed] = await Promise.allSettled([compareAll(move, total), target.makeIndexes()]);
  if (compared.status === 'rejected') throw compared.reason;
  if (indexed.status === 'rejected') throw indexed.reason;
  requireEqual(compared.value, target.name);
  await target.finish(moves);
  return { tables: compared.value.map(({ name, source: { rows, checksum } }) => ({ name, rows, checksum })) };
}

async function countAll({ source, moves }: Move): Promise<number> {
  let total = 0;
  for (const move of moves) total += await source.countRows(move);
  return total;
}

/** How far the tables of a move were copied before, and how many rows they have in all. */
interface Begun {
  readonly begun: ReadonlyMap<string, TableProgress>;
  readonly total: number;
}

async function copyAll({ source, target, moves, watcher }: Move, { begun, total }: Begun): Promise<void> {
  const done = [...begun.values()].reduce((sum, { rows }) => sum + rows, 0);
  watcher.onPhase('copy', { done, total });
  for (const move of moves) {
    let before = begun.get(move.name);
    if (before === undefined) throw new Error(`nothing is known of ${move.name}`);
    for await (const chunk of readAhead(source.readFrom(move, before.last))) {
      before = await target.store({ move, chunk, before });
      watcher.onRows(move.name, chunk.rows);
    }
  }
}

function compareAll({ source, target, moves, watcher }: Move, total: number): Promise<ComparedTable[]> {
  watcher.onPhase('verify', { done: 0, total: 2 * total });
  return compareEnds({ source, target, moves, onRead: (table, rows) => watcher.onRows(table, rows) });
}

function requireEqual(compared: readonly ComparedTable[], targetName: string): void {
  const different = compared.filter((table) => !isEqual(table));
  if (different.length === 0) return;
  const tables = different.map(({ name, source, target }) =>
    source.rows === target.rows
      ? `${name} (${source.rows} rows, other contents)`
      : `${name} (${source.rows} rows there, ${target.rows} here)`,
  );
  throw new MoveRefused(
    `Not everything arrived as it was: ${tables.join(', ')} in ${targetName}. Begin anew with an empty database.`,
  );
}
