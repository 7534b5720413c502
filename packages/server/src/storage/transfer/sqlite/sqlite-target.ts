import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import type { SqliteConnection } from '../../sqlite/connection.js';
import { ensureSqliteSchema } from '../../sqlite/files/migrate-sqlite.js';
import { openSole } from '../../sqlite/open-sole.js';
import { CUSTOMER_KEYS_PER_TEAM } from '../../sqlite/sqlite-dialect.js';
import { ACTUAL_COUNTS, KEPT_COUNTS } from '../customer-counts.js';
import type { TransferTable } from '../plan-transfer.js';
import { lineValues } from '../row-line.js';
import type { TableShape } from '../table-shape.js';
import type { ChunkToStore, CustomerCount, TableProgress, TransferTarget } from '../transfer-ends.js';
import {
  NOTHING_COPIED,
  notEmpty,
  parseProgress,
  progressText,
  refuseOtherSource,
  SOURCE_ENTRY,
  tableEntry,
  transferredTwice,
} from '../transfer-journal.js';
import { TRANSFER_TABLE } from '../unfinished-transfer.js';
import { sqliteDigests, sqliteTables } from './sqlite-rows.js';

/**
 * An SQLite database to copy into; the file is made where there is none.
 *
 * @throws DatabaseInUse, SchemaMismatch; the driver's error
 */
export function openSqliteTarget(file: string, name: string): TransferTarget {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const connection = openSole(file, { create: true });
  try {
    ensureSqliteSchema(connection, { migrate: false, isTransfer: true });
  } catch (error) {
    connection.close();
    throw error;
  }
  return new SqliteTarget(connection, name);
}

// Keys go on by themselves, and the search index is made by the server that starts first.
class SqliteTarget implements TransferTarget {
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

  digests(table: TransferTable): AsyncIterable<Uint8Array[]> {
    return sqliteDigests(this.#connection, table);
  }

  async readCounts(): Promise<CustomerCount[]> {
    return this.#connection.allText<CustomerCount>(KEPT_COUNTS, []);
  }

  async begin(sourceName: string, tables: readonly TransferTable[]): Promise<ReadonlyMap<string, TableProgress>> {
    this.#transact(() => {
      const found = this.#connection.allText('select 1 from sqlite_schema where name = ?', [TRANSFER_TABLE]);
      if (found.length === 0) this.#beginAnew(sourceName, tables);
    });
    refuseOtherSource(this.#entry(SOURCE_ENTRY), sourceName);
    return new Map(tables.map(({ name }) => [name, parseProgress(this.#entry(tableEntry(name)) ?? '')]));
  }

  #beginAnew(sourceName: string, tables: readonly TransferTable[]): void {
    for (const { name } of tables) {
      if (this.#connection.allText(`select 1 from ${name} limit 1`, []).length > 0) throw notEmpty(this.name, name);
    }
    this.#connection.execute(`create table ${TRANSFER_TABLE} (name text primary key, value text not null) strict`);
    const add = `insert into ${TRANSFER_TABLE} (name, value) values (?, ?)`;
    this.#connection.runText(add, [SOURCE_ENTRY, sourceName]);
    for (const { name } of tables) this.#connection.runText(add, [tableEntry(name), progressText(NOTHING_COPIED)]);
  }

  #entry(name: string): string | undefined {
    return this.#connection.allText<{ value: string }>(`select value from ${TRANSFER_TABLE} where name = ?`, [name])[0]
      ?.value;
  }

  async store({ table, chunk, before }: ChunkToStore): Promise<TableProgress> {
    const after = { rows: before.rows + chunk.rows, last: chunk.last };
    const insert = insertText(table);
    this.#transact(() => {
      for (const line of Buffer.from(chunk.lines).toString().split('\n').slice(0, -1)) {
        this.#connection.runText(insert, lineValues(line, table.columns));
      }
      const changed = this.#connection.runText(`update ${TRANSFER_TABLE} set value = ? where name = ? and value = ?`, [
        progressText(after),
        tableEntry(table.name),
        progressText(before),
      ]);
      if (changed !== 1) throw transferredTwice(this.name);
    });
    return after;
  }

  // The triggers count every customer that is inserted, deleted ones too.
  async makeTotals(): Promise<void> {
    this.#transact(() => {
      this.#connection.execute('delete from customer_counts');
      this.#connection.execute(`insert into customer_counts (team_id, status, live) ${ACTUAL_COUNTS}`);
    });
  }

  async makeIndexes(): Promise<void> {}

  async finish(): Promise<void> {
    this.#connection.execute(`drop table ${TRANSFER_TABLE}`);
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

function insertText({ name, columns }: TransferTable): string {
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
