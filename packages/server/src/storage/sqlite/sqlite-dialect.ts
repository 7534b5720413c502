import { DummyDriver, Kysely, SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler } from 'kysely';
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
  encodeUuid: (uuid) => Buffer.from(uuid.replaceAll('-', ''), 'hex'),
  forUpdate: (query) => query,
  text: (parameter) => parameter,
};
