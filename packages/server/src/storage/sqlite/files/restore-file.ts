import { existsSync, mkdirSync, realpathSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { schemaVersion } from '../../migrations/migrations.js';
import { NoRecords, SchemaMismatch } from '../../schema-version.js';
import { StorageUnusable } from '../../storage-unusable.js';
import type { SqliteConnection } from '../connection.js';
import { NoDatabase, openSole } from '../open-sole.js';
import { searchFileOf } from '../search/search-file.js';
import { isDamaged } from '../storage-fault.js';
import { type CopiedFile, FileExists, flush, placeNewFile, withCopiedFile } from './copied-file.js';

/** What is restored where. */
export interface Restoration {
  /** The backup; it is only read. */
  readonly from: string;
  /** The database's file. */
  readonly to: string;
  /** Whether a database that is there is replaced. */
  readonly replace: boolean;
}

/**
 * Puts a copy of a backup in the place of a database, wholly or not at all. A backup of an older schema is restored as it
 * is, to be migrated afterwards.
 *
 * @throws StorageUnusable with one sentence for the operator; then a database that was there is as it was
 */
export function restoreFile({ from, to: named, replace }: Restoration): CopiedFile {
  if (!existsSync(from)) throw new NoDatabase(from);
  const isThere = existsSync(named);
  if (isThere && !replace) throw new FileExists(named);
  // What a link leads to is replaced, not the link.
  const to = isThere ? realpathSync(named) : named;
  if (isThere && realpathSync(from) === to) {
    throw new StorageUnusable('The backup is the database itself.');
  }
  mkdirSync(dirname(to), { recursive: true, mode: 0o700 });
  return withCopiedFile({ from, to }, (copy, facts) => {
    if (facts.schemaVersion === 0) throw new NoRecords();
    if (facts.schemaVersion > schemaVersion()) throw new SchemaMismatch(facts.schemaVersion);
    if (isThere) replaceFile(copy, to);
    else putFile(copy, to);
    return facts;
  });
}

function putFile(copy: string, to: string): void {
  removeBeside(to);
  placeNewFile(copy, to);
}

// Who waits for the old file's lock meanwhile, such as a server that starts, finds that the file has gone and gives up.
function replaceFile(copy: string, to: string): void {
  const held = holdFile(to);
  try {
    removeBeside(to);
    renameSync(copy, to);
    flush(dirname(to));
  } finally {
    held?.close();
  }
}

/** Keeps everybody away from a file, with nothing left in a log; undefined when it is no database that anybody could use. */
function holdFile(file: string): SqliteConnection | undefined {
  let connection: SqliteConnection | undefined;
  try {
    connection = openSole(file);
    connection.execute('pragma journal_mode = delete');
    connection.execute('begin exclusive');
    return connection;
  } catch (error) {
    connection?.close();
    if (isDamaged(error)) return undefined;
    throw error;
  }
}

// A log of another time would be taken for this database's own.
function removeBeside(file: string): void {
  for (const other of [file, searchFileOf(file)]) {
    for (const suffix of ['-wal', '-shm']) rmSync(`${other}${suffix}`, { force: true });
  }
  rmSync(searchFileOf(file), { force: true });
}
