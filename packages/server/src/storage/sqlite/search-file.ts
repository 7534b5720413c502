import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { SqliteConnection } from './connection.js';
import { describeStorageFault } from './storage-fault.js';

/** The search index's file, beside the database's. It holds nothing that cannot be made anew from the database. */
export function searchFileOf(file: string): string {
  return `${file}-search`;
}

const SEARCH_SCHEMA = `
create table search_state (id integer primary key check (id = 1), epoch text not null, generation integer not null) strict;
create virtual table customer_search using fts5 (
  name, email, phone, uuid unindexed, created_at unindexed, columnsize = 0, tokenize = 'trigram case_sensitive 1'
);
create virtual table customer_search_terms using fts5vocab (customer_search, row);
`;

interface SearchState {
  readonly epoch: string;
  readonly generation: number;
}

/**
 * Makes sure that the search index belongs to the database and has not fallen behind it. One that is missing, damaged,
 * of another database or from an older backup is made anew: every customer is marked to be indexed.
 *
 * @param records a connection that may write to the database
 */
export function ensureSearchFile(file: string, records: SqliteConnection): void {
  const wanted = stateOf(records);
  const found = findSearchState(file);
  // The index is committed first and then reported to the database, so it may be ahead, and never behind.
  if (wanted !== undefined && found?.epoch === wanted.epoch && found.generation >= wanted.generation) return;
  removeSearchFile(file);
  const epoch = randomUUID();
  createSearchFile(file, epoch);
  records.execute('begin immediate');
  records.runText('delete from search_pending');
  records.runText(
    'insert into search_pending (customer_id, version) select id, version from customers where deleted_at is null',
  );
  records.runText('insert or replace into search_state (id, epoch, generation) values (1, ?, 0)', [epoch]);
  records.execute('commit');
}

function stateOf(connection: SqliteConnection): SearchState | undefined {
  return connection.allText<SearchState>('select epoch, generation from search_state', [])[0];
}

function findSearchState(file: string): SearchState | undefined {
  let connection: SqliteConnection | undefined;
  try {
    connection = new SqliteConnection(searchFileOf(file), 'indexer');
    return connection.allText<SearchState>('select epoch, generation from search_state', [])[0];
  } catch (error) {
    // No table yet, or a file that is no index: either way it is made anew. A disk that fails is told of.
    if (isUnusableDisk(error)) throw error;
    return undefined;
  } finally {
    connection?.close();
  }
}

function isUnusableDisk(error: unknown): boolean {
  const fault = describeStorageFault(error);
  return fault !== undefined && !/damaged|not a database/.test(fault);
}

function createSearchFile(file: string, epoch: string): void {
  const connection = new SqliteConnection(searchFileOf(file), 'indexer');
  try {
    connection.execute(SEARCH_SCHEMA);
    connection.runText('insert into search_state (id, epoch, generation) values (1, ?, 0)', [epoch]);
  } finally {
    connection.close();
  }
}

function removeSearchFile(file: string): void {
  for (const suffix of ['', '-wal', '-shm']) rmSync(`${searchFileOf(file)}${suffix}`, { force: true });
}
