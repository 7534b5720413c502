import { PostgresSession } from '../../postgres/connections/postgres-session.js';
import { readFitServer } from '../../postgres/open-postgres-storage.js';
import { ensurePostgresSchema } from '../../postgres/schema/migrate-postgres.js';
import { ACTUAL_COUNTS, KEPT_COUNTS } from '../customer-counts.js';
import type { TransferTable } from '../plan-transfer.js';
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
import { makePostgresIndexes, putOffPostgresIndexes } from './postgres-indexes.js';
import { postgresDigests, postgresTables } from './postgres-rows.js';
import { refuseServers, TRANSFER_NAME } from './refuse-servers.js';

/**
 * A PostgreSQL database to copy into; the schema is set up where there is none.
 *
 * @throws DatabaseInUse, SchemaMismatch, UnfitServer; the driver's error
 */
export async function openPostgresTarget(url: string, name: string): Promise<TransferTarget> {
  await readFitServer(url);
  const session = await PostgresSession.open(url, TRANSFER_NAME);
  try {
    await refuseServers(session, name);
    await ensurePostgresSchema(session.client, { migrate: false, isTransfer: true });
  } catch (error) {
    await session.close();
    throw error;
  }
  return new PostgresTarget(session, { url, name });
}

// Each chunk is committed without waiting for the disk: a crash loses the last chunks together with the word that they
// were stored, never one without the other. The last commit of the transfer waits, and with it all before it are on disk.
class PostgresTarget implements TransferTarget {
  readonly #session: PostgresSession;
  readonly #url: string;
  readonly name: string;

  constructor(session: PostgresSession, { url, name }: { readonly url: string; readonly name: string }) {
    this.#session = session;
    this.#url = url;
    this.name = name;
  }

  tables(): Promise<TableShape[]> {
    return postgresTables(this.#session);
  }

  async *digests(table: TransferTable): AsyncGenerator<Uint8Array[]> {
    await this.#session.begin('isolation level repeatable read read only');
    yield* postgresDigests(this.#session, table);
    await this.#session.execute('commit');
  }

  readCounts(): Promise<CustomerCount[]> {
    return this.#session.all<CustomerCount>(KEPT_COUNTS);
  }

  async begin(sourceName: string, tables: readonly TransferTable[]): Promise<ReadonlyMap<string, TableProgress>> {
    const session = this.#session;
    await session.transact(async () => {
      // Two that begin at once go one after the other.
      await session.execute('lock table schema_migrations in share row exclusive mode');
      const [found] = await session.all('select 1 where to_regclass($1) is not null', [TRANSFER_TABLE]);
      if (found === undefined) await this.#beginAnew(sourceName, tables);
    });
    const rows = await session.all<{ name: string; value: string }>(`select name, value from ${TRANSFER_TABLE}`);
    const entries = new Map(rows.map(({ name, value }) => [name, value]));
    refuseOtherSource(entries.get(SOURCE_ENTRY), sourceName);
    return new Map(tables.map(({ name }) => [name, parseProgress(entries.get(tableEntry(name)) ?? '')]));
  }

  async #beginAnew(sourceName: string, tables: readonly TransferTable[]): Promise<void> {
    const session = this.#session;
    for (const { name } of tables) {
      if ((await session.all(`select 1 from ${name} limit 1`)).length > 0) throw notEmpty(this.name, name);
    }
    await session.execute(`create table ${TRANSFER_TABLE} (name text primary key, value text not null)`);
    const add = `insert into ${TRANSFER_TABLE} (name, value) values ($1, $2)`;
    await session.run(add, [SOURCE_ENTRY, sourceName]);
    for (const { name } of tables) await session.run(add, [tableEntry(name), progressText(NOTHING_COPIED)]);
    await putOffPostgresIndexes(session, tables);
  }

  async store({ table, chunk, before }: ChunkToStore): Promise<TableProgress> {
    const session = this.#session;
    const { name, columns } = table;
    const after = { rows: before.rows + chunk.rows, last: chunk.last };
    await session.transact(async () => {
      // First, since whoever copies the same chunk at the same time waits here, and then finds another word.
      const changed = await session.run(`update ${TRANSFER_TABLE} set value = $1 where name = $2 and value = $3`, [
        progressText(after),
        tableEntry(name),
        progressText(before),
      ]);
      if (changed !== 1) throw transferredTwice(this.name);
      const taken = columns.map((column) => `"${column.name}"`).join(', ');
      await session.copyIn(`copy ${name} (${taken}) from stdin`, chunk.lines);
    }, '; set local synchronous_commit = off');
    return after;
  }

  async makeTotals(tables: readonly TransferTable[]): Promise<void> {
    const session = this.#session;
    await session.transact(async () => {
      await session.execute(COUNT_CUSTOMERS);
      const identities = await session.all<{ table: string; column: string }>(IDENTITIES, [
        tables.map(({ name }) => name),
      ]);
      for (const { table, column } of identities) {
        await session.run(
          `select setval(pg_get_serial_sequence($1, $2), last) from (select max("${column}") as last from ${table}) m where last is not null`,
          [table, column],
        );
      }
    });
  }

  makeIndexes(): Promise<void> {
    return makePostgresIndexes(() => PostgresSession.open(this.#url, TRANSFER_NAME));
  }

  async finish(tables: readonly TransferTable[]): Promise<void> {
    // What plans are made from, and which pages need no second look: a server is fast from its first request on.
    await this.#session.execute('set statement_timeout = 0');
    await this.#session.execute(
      `vacuum (analyze) ${[...tables.map(({ name }) => name), 'customer_counts'].join(', ')}`,
    );
    await this.#session.transact(async () => {
      await this.#session.execute('set local synchronous_commit = on');
      await this.#session.execute(`drop table ${TRANSFER_TABLE}`);
    });
  }

  close(): Promise<void> {
    return this.#session.close();
  }
}

const COUNT_CUSTOMERS = `delete from customer_counts;
  insert into customer_counts (team_id, status, slot, live)
    select team_id, status, 0, live from (${ACTUAL_COUNTS}) actual`;

const IDENTITIES = `select c.relname as "table", a.attname as "column" from pg_class c
  join pg_attribute a on a.attrelid = c.oid and a.attidentity <> '' and not a.attisdropped
  where c.relnamespace = current_schema()::regnamespace and c.relname = any($1)`;
