import { PostgresSession } from '../postgres/connections/postgres-session.js';
import { requireFitServer } from '../postgres/open-postgres-storage.js';
import { ensurePostgresSchema } from '../postgres/schema/migrate-postgres.js';
import { ACTUAL_COUNTS, KEPT_COUNTS } from './customer-counts.js';
import type { TableMove } from './plan-transfer.js';
import { makePostgresIndexes, putOffPostgresIndexes } from './postgres-indexes.js';
import { postgresDigests, postgresTables } from './postgres-rows.js';
import { MOVING, refuseServers } from './refuse-servers.js';
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
 * A PostgreSQL database to move into; the schema is set up where there is none.
 *
 * @throws DatabaseInUse, SchemaMismatch, UnfitServer; the driver's error
 */
export async function openPostgresTarget(url: string, name: string): Promise<MoveTarget> {
  await requireFitServer(url);
  const session = await PostgresSession.open(url, MOVING);
  try {
    await refuseServers(session, name);
    await ensurePostgresSchema(session.client, { migrate: false, isMove: true });
  } catch (error) {
    await session.close();
    throw error;
  }
  return new PostgresTarget(session, { url, name });
}

// Each chunk is committed without waiting for the disk: a crash loses the last chunks together with the word that they
// were stored, never one without the other. The last commit of the move waits, and with it all before it are on disk.
class PostgresTarget implements MoveTarget {
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

  async *digests(move: TableMove): AsyncGenerator<Uint8Array[]> {
    await this.#session.begin('isolation level repeatable read read only');
    yield* postgresDigests(this.#session, move);
    await this.#session.execute('commit');
  }

  readCounts(): Promise<CustomerCount[]> {
    return this.#session.all<CustomerCount>(KEPT_COUNTS);
  }

  async begin(sourceName: string, moves: readonly TableMove[]): Promise<ReadonlyMap<string, TableProgress>> {
    const session = this.#session;
    await session.transact(async () => {
      // Two that begin at once go one after the other.
      await session.execute('lock table schema_migrations in share row exclusive mode');
      const [found] = await session.all('select 1 where to_regclass($1) is not null', [MOVE_TABLE]);
      if (found === undefined) await this.#beginAnew(sourceName, moves);
    });
    const rows = await session.all<{ name: string; value: string }>(`select name, value from ${MOVE_TABLE}`);
    const entries = new Map(rows.map(({ name, value }) => [name, value]));
    requireSameSource(entries.get(SOURCE_ENTRY), sourceName);
    return new Map(moves.map(({ name }) => [name, parseProgress(entries.get(tableEntry(name)) ?? '')]));
  }

  async #beginAnew(sourceName: string, moves: readonly TableMove[]): Promise<void> {
    const session = this.#session;
    for (const { name } of moves) {
      if ((await session.all(`select 1 from ${name} limit 1`)).length > 0) throw notEmpty(this.name, name);
    }
    await session.execute(`create table ${MOVE_TABLE} (name text primary key, value text not null)`);
    const add = `insert into ${MOVE_TABLE} (name, value) values ($1, $2)`;
    await session.run(add, [SOURCE_ENTRY, sourceName]);
    for (const { name } of moves) await session.run(add, [tableEntry(name), progressText(NOTHING_COPIED)]);
    await putOffPostgresIndexes(session, moves);
  }

  async store({ move, chunk, before }: ChunkToStore): Promise<TableProgress> {
    const session = this.#session;
    const { name, columns } = move;
    const after = { rows: before.rows + chunk.rows, last: chunk.last };
    await session.transact(async () => {
      // First, since whoever moves the same chunk at the same time waits here, and then finds another word.
      const changed = await session.run(`update ${MOVE_TABLE} set value = $1 where name = $2 and value = $3`, [
        progressText(after),
        tableEntry(name),
        progressText(before),
      ]);
      if (changed !== 1) throw movedTwice(this.name);
      const taken = columns.map((column) => `"${column.name}"`).join(', ');
      await session.copyIn(`copy ${name} (${taken}) from stdin`, chunk.lines);
    }, '; set local synchronous_commit = off');
    return after;
  }

  async settle(moves: readonly TableMove[]): Promise<void> {
    const session = this.#session;
    await session.transact(async () => {
      await session.execute(COUNT_CUSTOMERS);
      const identities = await session.all<{ table: string; column: string }>(IDENTITIES, [
        moves.map(({ name }) => name),
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
    return makePostgresIndexes(() => PostgresSession.open(this.#url, MOVING));
  }

  async finish(moves: readonly TableMove[]): Promise<void> {
    // What plans are made from, and which pages need no second look: a server is fast from its first request on.
    await this.#session.execute('set statement_timeout = 0');
    await this.#session.execute(`vacuum (analyze) ${[...moves.map(({ name }) => name), 'customer_counts'].join(', ')}`);
    await this.#session.transact(async () => {
      await this.#session.execute('set local synchronous_commit = on');
      await this.#session.execute(`drop table ${MOVE_TABLE}`);
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
