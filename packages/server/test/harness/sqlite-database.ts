import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import type { Environment } from './program.js';
import type { TestDatabase } from './test-database.js';

/** How long to wait for a server that writes, in milliseconds. */
const BUSY_MS = 10_000;

/** An SQLite database in a folder; the server makes the file. */
export function createSqliteDatabase(folder: string): TestDatabase {
  const file = join(folder, 'countersign.db');
  return {
    url: `sqlite:${file}`,
    async sql(text) {
      const database = new DatabaseSync(file, { timeout: BUSY_MS });
      try {
        return database.prepare(text).all();
      } finally {
        database.close();
      }
    },
    findFaults: async () => findFileFaults(file),
    readContents: async () => Buffer.concat(readdirSync(folder).map((name) => readFileSync(join(folder, name)))),
    async remove() {},
  };
}

/** The database file of a server. */
export function databaseFileOf({ environment }: { readonly environment: Environment }): string {
  const [, file] = /^sqlite:(.+)$/.exec(environment.COUNTERSIGN_DATABASE_URL ?? '') ?? [];
  if (file === undefined) throw new Error('a test about the file runs on another engine than SQLite');
  return file;
}

/**
 * Everything that is wrong with a database that no process has open, and with the files beside it whose names begin the
 * same: pages, indexes (those of searches too), keys, counts, bodies that contradict their row.
 */
export function findFileFaults(file: string): string[] {
  const beside = readdirSync(dirname(file))
    .filter((name) => name.startsWith(basename(file)) && name !== basename(file) && !/-(?:wal|shm|journal)$/.test(name))
    .map((name) => join(dirname(file), name));
  return [
    ...findFaults(file, {
      ...PAGES,
      'foreign key': 'pragma foreign_key_check',
      count: WRONG_COUNTS,
      body: TORN_BODIES,
    }),
    ...beside.flatMap((other) => findFaults(other, PAGES)),
  ];
}

function findFaults(file: string, questions: Readonly<Record<string, string>>): string[] {
  const database = new DatabaseSync(file, { timeout: BUSY_MS });
  try {
    return Object.entries(questions).flatMap(([name, text]) =>
      database
        .prepare(text)
        .all()
        .filter((row) => row.integrity_check !== 'ok')
        .map((row) => `${basename(file)}: ${name}: ${JSON.stringify(row)}`),
    );
  } finally {
    database.close();
  }
}

const PAGES = { integrity: 'pragma integrity_check' };

const WRONG_COUNTS = `select counted.team_id, counted.status, counted.live, actual.live as found
  from customer_counts counted full join (
    select team_id, status, count(*) as live from customers where deleted_at is null group by team_id, status
  ) actual using (team_id, status)
  where coalesce(counted.live, 0) <> coalesce(actual.live, 0)`;

const TORN_BODIES = `select id, version, status from customers
  where json_extract(body, '$.version') is not version or json_extract(body, '$.status') is not status
    or replace(json_extract(body, '$.uuid'), '-', '') is not lower(hex(uuid))
    or json_extract(body, '$.externalId') is not external_id`;
