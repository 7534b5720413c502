import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { SqliteConnection } from '../connection.js';
import { describeStorageFault } from '../storage-fault.js';

/** The search index's file, beside the database's. It holds nothing that cannot be made anew from the database. */
export function searchFileOf(file: string): string {
  return `${file}-search`;
}

/** Raised whenever the tables of the file change or what they hold: a file of another is made anew. */
const SEARCH_VERSION = 4;

const SEARCH_SCHEMA = `
pragma user_version = ${SEARCH_VERSION};
create table search_state (
  id integer primary key check (id = 1), epoch text not null, generation integer not null, last_batch text not null
) strict;
create virtual table customer_search using fts5 (
  text, digits, email unindexed, uuid unindexed, created_at unindexed, columnsize = 0, tokenize = 'trigram case_sensitive 1'
);
create virtual table customer_search_terms using fts5vocab (customer_search, row);
`;

interface SearchState {
  readonly epoch: string;
  readonly generation: number;
}

interface IndexState extends SearchState {
  /** Pairs of internal key and version of the batch that was indexed last, as JSON. */
  readonly last_batch: string;
}

/**
 * Makes sure that the search index belongs to the database and has not fallen behind it. One that is missing, damaged,
 * of another database or from an older backup is made anew: every customer is marked to be indexed, but for those that are
 * indexed once they have got new keys.
 *
 * @param records a connection that may write to the database
 */
export function ensureSearchFile(file: string, records: SqliteConnection): void {
  const wanted = stateOf(records);
  const found = findSearchState(file);
  if (wanted !== undefined && found?.epoch === wanted.epoch && isCurrent(found, wanted, records)) return;
  removeSearchFile(file);
  const epoch = randomUUID();
  createSearchFile(file, epoch);
  records.execute('begin immediate');
  records.runText('delete from search_pending');
  records.runText(
    `insert into search_pending (customer_id, version)
      select id, version from customers where deleted_at is null and keyed_version = version`,
  );
  records.runText('insert or replace into search_state (id, epoch, generation) values (1, ?, 0)', [epoch]);
  records.execute('commit');
}

// The index is committed first and then reported to the database, so a crash may leave it one batch ahead: then all of
// that batch still waits. Any other difference means that one of the two files is from another time.
function isCurrent(found: IndexState, wanted: SearchState, records: SqliteConnection): boolean {
  if (found.generation === wanted.generation) return true;
  if (found.generation !== wanted.generation + 1) return false;
  const gone = records.allText<object>(
    `select 1 from json_each(?) b where not exists (
       select 1 from search_pending p where p.customer_id = b.value ->> 0 and p.version >= b.value ->> 1)`,
    [found.last_batch],
  );
  return gone.length === 0;
}

function stateOf(connection: SqliteConnection): SearchState | undefined {
  return connection.allText<SearchState>('select epoch, generation from search_state', [])[0];
}

function findSearchState(file: string): IndexState | undefined {
  let connection: SqliteConnection | undefined;
  try {
    connection = new SqliteConnection(searchFileOf(file), 'indexer');
    const [version] = connection.allText<{ user_version: number }>('pragma user_version', []);
    if (version?.user_version !== SEARCH_VERSION) return undefined;
    return connection.allText<IndexState>('select epoch, generation, last_batch from search_state', [])[0];
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
    connection.runText("insert into search_state (id, epoch, generation, last_batch) values (1, ?, 0, '[]')", [epoch]);
  } finally {
    connection.close();
  }
}

function removeSearchFile(file: string): void {
  for (const suffix of ['', '-wal', '-shm']) rmSync(`${searchFileOf(file)}${suffix}`, { force: true });
}
