import { inject } from 'vitest';
import { besidePostgresUrl, newDatabaseName, runPostgresSql } from './postgres-sql.js';
import type { TestDatabase } from './test-database.js';

/** The PostgreSQL server of a run of tests. */
export interface SharedPostgres {
  /** Of a database that others are made and dropped from, by a user who may. */
  readonly url: string;
  /** A database that was migrated by the built program. */
  readonly template: string;
}

declare module 'vitest' {
  interface ProvidedContext {
    readonly postgres: SharedPostgres;
  }
}

/** A database on the server of this run, copied from the migrated template. */
export async function createPostgresDatabase(): Promise<TestDatabase> {
  const shared = inject('postgres');
  const name = newDatabaseName('test');
  await runPostgresSql(shared.url, `create database ${name} template ${shared.template}`);
  const url = besidePostgresUrl(shared.url, name);
  return {
    url,
    sql: (text) => runPostgresSql(url, text),
    async findFaults() {
      const questions = { count: WRONG_COUNTS, body: TORN_BODIES };
      const answers = Object.entries(questions).map(async ([fault, text]) =>
        (await runPostgresSql(url, text)).map((row) => `${fault}: ${JSON.stringify(row)}`),
      );
      return (await Promise.all(answers)).flat();
    },
    async readContents() {
      const tables = await runPostgresSql(url, "select tablename from pg_tables where schemaname = 'public'");
      const rows = tables.map(({ tablename }) => runPostgresSql(url, `select t::text as row from "${tablename}" t`));
      return Buffer.from(
        (await Promise.all(rows))
          .flat()
          .map(({ row }) => String(row))
          .join('\n'),
      );
    },
    async remove() {
      await runPostgresSql(shared.url, `drop database ${name} with (force)`);
    },
  };
}

const WRONG_COUNTS = `select team_id, status, counted.live, actual.live as found
  from (select team_id, status, sum(live)::bigint as live from customer_counts group by team_id, status) counted
  full join (
    select team_id, status, count(*) as live from customers where deleted_at is null group by team_id, status
  ) actual using (team_id, status)
  where coalesce(counted.live, 0) <> coalesce(actual.live, 0)`;

const TORN_BODIES = `select uuid, version, status from customers
  where (body::json ->> 'version')::integer is distinct from version
    or body::json ->> 'status' is distinct from status
    or (body::json ->> 'uuid')::uuid is distinct from uuid
    or body::json ->> 'externalId' is distinct from external_id`;
