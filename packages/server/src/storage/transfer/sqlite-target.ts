import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import type { SqliteConnection } from '../sqlite/connection.js';
import { ensureSqliteSchema } from '../sqlite/files/migrate-sqlite.js';
import { openSole } from '../sqlite/open-sole.js';
import { CUSTOMER_KEYS_PER_TEAM } from '../sqlite/sqlite-dialect.js';
import { ACTUAL_COUNTS, KEPT_COUNTS } from './customer-counts.js';
import type { TableMove } from './plan-transfer.js';
import { lineValues } from './row-line.js';
import { sqliteDigests, sqliteTables } from './sqlite-rows.js';
import type { TableShape } from './table-shape.js';
import type { ChunkToStore, CustomerCount, MoveTarget, TableProgress } from './transfer-ends.js';
import {
  movedTwice,
  NOTHING_COPIED,
  notEmpty,
  parseProgress,
  progressText,
  requireSameSource,
  SOURCE_ENTRY,
  tableEntry,
} from './transfer-journal.js';
import { MOVE_TABLE } from './unfinished-transfer.js';

/**
 * An SQLite database to move into; the file is made where there is none.
 *
 * @throws DatabaseInUse, SchemaMismatch; the driver's error
 */
export function openSqliteTarget(file: string, name: string): MoveTarget {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const connection = openSole(file, { create: true });
  try {
    ensureSqliteSchema(connection, { migrate: false, isMove: true });
  } catch (error) {
    connection.close();
    throw error;
  }
  return new SqliteTarget(connection, name);
}

// Keys go on by themselves, and the search index is made by the server that starts first.
class SqliteTarget implements MoveTarget {
  readonly #connection: SqliteConnection;

  constructor(
    connection: SqliteConnection,
    readonly name: string,
  ) {
    this.#connection = connection;
  }

  async tables(): Promise<TableShape[]> {
    return sqliteTables(this.#connection);
  }

  digests(move: TableMove): AsyncIterable<Uint8Array[]> {
    return sqliteDigests(this.#connection, move);
  }

  async readCounts(): Promise<CustomerCount[]> {
    return this.#connection.allText<CustomerCount>(KEPT_COUNTS, []);
  }

  async begin(sourceName: string, moves: readonly TableMove[]): Promise<ReadonlyMap<string, TableProgress>> {
    this.#transact(() => {
      const tables = this.#connection.allText('select 1 from sqlite_schema where name = ?', [MOVE_TABLE]);
      if (tables.length === 0) this.#beginAnew(sourceName, moves);
    });
    requireSameSource(this.#entry(SOURCE_ENTRY), sourceName);
    return new Map(moves.map(({ name }) => [name, parseProgress(this.#entry(tableEntry(name)) ?? '')]));
  }

  #beginAnew(sourceName: string, moves: readonly TableMove[]): void {
    for (const { name } of moves) {
      if (this.#connection.allText(`select 1 from ${name} limit 1`, []).length > 0) throw notEmpty(this.name, name);
    }
    this.#connection.execute(`create table ${MOVE_TABLE} (name text primary key, value text not null) strict`);
    const add = `insert into ${MOVE_TABLE} (name, value) values (?, ?)`;
    this.#connection.runText(add, [SOURCE_ENTRY, sourceName]);
    for (const { name } of moves) this.#connection.runText(add, [tableEntry(name), progressText(NOTHING_COPIED)]);
  }

  #entry(name: string): string | undefined {
    return this.#connection.allText<{ value: string }>(`select value from ${MOVE_TABLE} where name = ?`, [name])[0]
      ?.value;
  }

  async store({ move, chunk, before }: ChunkToStore): Promise<TableProgress> {
    const after = { rows: before.rows + chunk.rows, last: chunk.last };
    const insert = insertText(move);
    this.#transact(() => {
      for (const line of Buffer.from(chunk.lines).toString().split('\n').slice(0, -1)) {
        this.#connection.runText(insert, lineValues(line, move.columns));
      }
      const changed = this.#connection.runText(`update ${MOVE_TABLE} set value = ? where name = ? and value = ?`, [
        progressText(after),
        tableEntry(move.name),
        progressText(before),
      ]);
      if (changed !== 1) throw movedTwice(this.name);
    });
    return after;
  }

  // The triggers count every customer that is inserted, deleted ones too.
  async settle(): Promise<void> {
    this.#transact(() => {
      this.#connection.execute('delete from customer_counts');
      this.#connection.execute(`insert into customer_counts (team_id, status, live) ${ACTUAL_COUNTS}`);
    });
  }

  async makeIndexes(): Promise<void> {}

  async finish(): Promise<void> {
    this.#connection.execute(`drop table ${MOVE_TABLE}`);
    this.#connection.allText('pragma wal_checkpoint(truncate)', []);
  }

  async close(): Promise<void> {
    this.#connection.close();
  }

  #transact(work: () => void): void {
    this.#connection.execute('begin immediate');
    try {
      work();
      this.#connection.execute('commit');
    } catch (error) {
      if (this.#connection.isInTransaction) this.#connection.execute('rollback');
      throw error;
    }
  }
}

function insertText({ name, columns }: TableMove): string {
  const places = columns.map((_, index) => `?${index + 1}`);
  const taken = columns.map((column) => column.name);
  if (name === 'customers' && !taken.includes('id')) {
    taken.push('id');
    places.push(nextCustomerKey(`?${taken.indexOf('team_id') + 1}`));
  }
  return `insert into ${name} (${taken.join(', ')}) values (${places.join(', ')})`;
}

// As a server gives it: the next internal key of the customer's team.
function nextCustomerKey(teamId: string): string {
  const first = `${teamId} * ${CUSTOMER_KEYS_PER_TEAM}`;
  return `(select coalesce(max(id), ${first}) + 1 from customers
    where id between ${first} and (${teamId} + 1) * ${CUSTOMER_KEYS_PER_TEAM} - 1)`;
}
