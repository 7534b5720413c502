import { inject } from 'vitest';
import { besidePostgresUrl, newDatabaseName, runPostgresSql } from '../harness/postgres-sql.js';

/** Databases that were made for a test, and are dropped after it. */
export interface EmptyDatabases {
  /** A new database without a table; gives its URL. */
  create(): Promise<string>;
  remove(): Promise<void>;
}

/** Makes databases on the PostgreSQL server of this run. */
export function emptyPostgresDatabases(): EmptyDatabases {
  const { url } = inject('postgres');
  const names: string[] = [];
  return {
    async create() {
      const name = newDatabaseName('moved');
      await runPostgresSql(url, `create database ${name} encoding 'UTF8' template template0`);
      names.push(name);
      return besidePostgresUrl(url, name);
    },
    async remove() {
      for (const name of names) await runPostgresSql(url, `drop database ${name} with (force)`);
    },
  };
}
