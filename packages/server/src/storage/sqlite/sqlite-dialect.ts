import { DummyDriver, Kysely, SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler, sql } from 'kysely';
import type { Dialect } from '../dialect.js';
import type { Tables } from '../tables.js';

/** Customers of one team have keys from `teamId * 2^32`: a team's rows lie together, within JavaScript's integers. */
export const CUSTOMER_KEYS_PER_TEAM = 2 ** 32;

/** Builds and compiles SQLite's SQL; executes nothing. */
export const sqliteBuilder = new Kysely<Tables>({
  dialect: {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  },
});

/** SQLite's answers to what the engines say differently. */
export const sqliteDialect: Dialect = {
  nextCustomerKey: (teamId) =>
    sql<number>`(select coalesce(max(id), ${teamId} * ${sql.lit(CUSTOMER_KEYS_PER_TEAM)}) + 1 from customers
      where id between ${teamId} * ${sql.lit(CUSTOMER_KEYS_PER_TEAM)} and (${teamId} + 1) * ${sql.lit(CUSTOMER_KEYS_PER_TEAM)} - 1)`,
  encodeUuid: (uuid) => Buffer.from(uuid.replaceAll('-', ''), 'hex'),
};
