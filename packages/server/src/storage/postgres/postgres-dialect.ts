import { DummyDriver, Kysely, PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler, sql } from 'kysely';
import type { Dialect } from '../dialect.js';
import type { Tables } from '../tables.js';

/** Builds and compiles PostgreSQL's SQL; executes nothing. */
export const postgresBuilder = new Kysely<Tables>({
  dialect: {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (db) => new PostgresIntrospector(db),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  },
});

/** PostgreSQL's answers to what the engines say differently. */
export const postgresDialect: Dialect = {
  encodeUuid: (uuid) => uuid,
  forUpdate: (query) => query.forUpdate(),
  text: (parameter) => sql`cast(${parameter} as text)`,
};
