import { DummyDriver, Kysely, PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler, sql } from 'kysely';
import type { Dialect, ListedKind } from '../dialect.js';
import { STALE_AFTER_MS } from '../settled-time.js';
import type { Tables } from '../tables/tables.js';

/** Builds and compiles PostgreSQL's SQL; executes nothing. */
export const postgresBuilder = new Kysely<Tables>({
  dialect: {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (db) => new PostgresIntrospector(db),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  },
});

/** Tells these locks from those of other programs in the database. */
const LOCK_SPACE = 1_129_270_867;

/** The time of a statement by the server's clock, in milliseconds since 1970, as SQL. */
export const STATEMENT_MS = 'cast(extract(epoch from statement_timestamp()) * 1000 as bigint)';
const NOW = sql.raw<number>(STATEMENT_MS);

/** The types of listed columns. */
const LISTED = { integer: sql`bigint`, text: sql`text`, uuid: sql`uuid` };

/** PostgreSQL's answers to what the engines say differently. */
export const postgresDialect: Dialect = {
  encodeUuid: (uuid) => uuid,
  forUpdate: (query) => query.forUpdate(),
  forKeyShare: (query) => query.forKeyShare(),
  containsAny: (text, parts) =>
    sql`exists (select from json_array_elements_text(cast(${parts} as json)) as part where strpos(lower(${text}), part) > 0)`,
  text: (parameter) => sql`cast(${parameter} as text)`,
  forUpdateSkipLocked: (query) => query.forUpdate().skipLocked(),
  lockNumber: (number) => sql`pg_advisory_xact_lock(${sql.lit(LOCK_SPACE)}, cast(${number} as integer))`,
  now: () => NOW,
  isTimely: (time) => sql`${time} >= ${NOW} - ${sql.lit(STALE_AFTER_MS)}`,
  eachRow: (json, columns) => {
    const places = Object.entries<ListedKind>(columns).map(
      ([name, kind], index) => sql`cast(value ->> ${sql.lit(index)} as ${LISTED[kind]}) as ${sql.ref(name)}`,
    );
    return sql`(select ${sql.join(places)} from json_array_elements(cast(${json} as json)))`;
  },
  uuidDigits: (uuid) => sql`replace(cast(${uuid} as text), '-', '')`,
  // A random UUID with the time in its first 48 bits, and version 7 in place of 4.
  newOrderedUuid: () => sql`cast(encode(set_bit(set_bit(overlay(uuid_send(gen_random_uuid()) placing
    substring(int8send(cast(extract(epoch from clock_timestamp()) * 1000 as bigint)) from 3) from 1 for 6),
    52, 1), 53, 1), 'hex') as uuid)`,
};
