import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openSole } from '../../src/storage/sqlite/open-sole.js';
import { expectFailure } from '../harness/expect-failure.js';
import { runPostgresSql } from '../harness/postgres-sql.js';
import {
  type Environment,
  makeTemporaryFolder,
  NEXT_VERSION,
  newMasterKey,
  removeFolder,
  runProgram,
} from '../harness/program.js';
import { startServer } from '../harness/server.js';
import { emptyPostgresDatabases } from './empty-postgres.js';

const databases = emptyPostgresDatabases();
const folder = makeTemporaryFolder();
const source = `sqlite:${join(folder, 'source.db')}`;
let target: string;

beforeAll(async () => {
  const args = ['team', 'create', '--name', 'Only', '--database-url', source];
  expect((await runProgram(args)).exitCode).toBe(0);
  target = await databases.create();
});
afterAll(async () => {
  await databases.remove();
  removeFolder(folder);
});

const move = (from: string, to: string, environment: Environment = {}) =>
  runProgram(['migrate-data', '--from', from, '--to', to], { environment });

async function hasTables(url: string): Promise<boolean> {
  return (await runPostgresSql(url, "select 1 from pg_tables where schemaname = 'public'")).length > 0;
}

describe('a move is refused in one sentence, and nothing is stored', () => {
  test('from an SQLite database that a server has open', async () => {
    const server = await startServer({ environment: { COUNTERSIGN_DATABASE_URL: source } });
    expectFailure(await move(source, target), /source\.db is in use: stop every countersign/);
    expect(await server.end('SIGTERM')).toBe(0);
    await server.stop();
    expect(await hasTables(target)).toBe(false);
  });

  test('from a database that is not there, which is not made', async () => {
    const file = join(folder, 'nothing.db');
    expectFailure(await move(`sqlite:${file}`, target), /There is no database .*nothing\.db/);
    expect([existsSync(file), await hasTables(target)]).toEqual([false, false]);
  });

  test('from a schema older than the program, naming the command that helps', async () => {
    const outcome = await move(source, target, NEXT_VERSION);
    expectFailure(outcome, /schema version \d+ and this program needs \d+: run "countersign migrate"/);
    expect(await hasTables(target)).toBe(false);
  });

  test('into a database that holds anything', async () => {
    const full = await databases.create();
    const args = ['team', 'create', '--name', 'Theirs', '--database-url', full];
    expect((await runProgram(args)).exitCode).toBe(0);
    expectFailure(await move(source, full), /is not empty: it has (?:teams|audit_entries)/);
    expect(await runPostgresSql(full, 'select name from teams')).toEqual([{ name: 'Theirs' }]);
    expect(await runPostgresSql(full, "select to_regclass('data_move') as found")).toEqual([{ found: null }]);
  });

  test('from or into a PostgreSQL database that a server is connected to', async () => {
    const used = await databases.create();
    const server = await startServer({ environment: { COUNTERSIGN_DATABASE_URL: used } });
    expectFailure(await move(source, used), /is in use/);
    expectFailure(await move(used, target), /is in use/);
    await server.stop();
    expect(await hasTables(target)).toBe(false);
  });

  test('into itself', async () => {
    expectFailure(await move(source, source), /into itself/);
    expectFailure(await move(target, target), /into itself/);
  });

  test('into a server that is away, without its password', async () => {
    const away = 'postgres://somebody:pass-word@127.0.0.1:1/away';
    const environment = { COUNTERSIGN_FROM_DATABASE_URL: source, COUNTERSIGN_TO_DATABASE_URL: away };
    const outcome = await runProgram(['migrate-data'], { environment });
    expectFailure(outcome, /Cannot use the database postgres:\/\/127\.0\.0\.1:1\/away: the connection was refused/);
    expect(outcome.stderr).not.toContain('pass-word');
  });
});

test('what is neither an SQLite nor a PostgreSQL URL is wrong usage', async () => {
  for (const [from, to] of [
    ['mysql://x/y', target],
    [source, 'countersign.db'],
  ] as const) {
    const { exitCode, stdout, stderr } = await move(from, to);
    expect([exitCode, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/--(?:from|to) must be sqlite: and a path, or postgres:\/\//);
  }
});

test('no server starts on an SQLite database while it is held as a move holds it', async () => {
  const held = openSole(join(folder, 'source.db'));
  const environment = { COUNTERSIGN_DATABASE_URL: source, COUNTERSIGN_MASTER_KEY: newMasterKey() };
  expectFailure(await runProgram(['serve'], { environment }), /locked by another process/);
  held.close();
});
