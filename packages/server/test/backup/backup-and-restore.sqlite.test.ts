import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Caller, createCaller } from '../harness/caller.js';
import { smallCustomer } from '../harness/customers.js';
import { expectFailure } from '../harness/expect-failure.js';
import { makeTemporaryFolder, NEXT_VERSION, removeFolder, runProgram } from '../harness/program.js';
import { runCommand } from '../harness/run-command.js';
import { startServer, type TestServer } from '../harness/server.js';
import { databaseFileOf, findFileFaults } from '../harness/sqlite-database.js';

let server: TestServer;
let caller: Caller;
let backup: string;
/** A new folder for each test. */
let folder: string;
const folders: string[] = [];

beforeAll(async () => {
  server = await startServer();
  caller = await server.createCaller();
  await caller.post('/customers', smallCustomer({ customer: 'Kept Trading' }));
  backup = join(server.folder, 'backup.db');
  const { exitCode, stdout } = await server.command(['backup', backup, '--json']);
  expect(exitCode).toBe(0);
  expect(JSON.parse(stdout)).toEqual({ file: backup, bytes: statSync(backup).size, schemaVersion: expect.any(Number) });
  await caller.post('/customers', smallCustomer({ customer: 'Later Trading' }));
});
beforeEach(() => {
  folder = makeTemporaryFolder();
  folders.push(folder);
});
afterAll(async () => {
  await server.stop();
  for (const name of folders) removeFolder(name);
});

const place = () => join(folder, 'countersign.db');
const restore = (file: string, args: readonly string[] = [], runIt = runCommand) =>
  runIt(['restore', file, '--database-url', `sqlite:${place()}`, ...args]);
const runNextVersion = (args: readonly string[]) => runProgram(args, { environment: NEXT_VERSION });

/** The names of all customers, as a server on the restored database lists them. */
async function listRestored(url = `sqlite:${place()}`): Promise<readonly string[]> {
  const other = await startServer({ environment: { ...server.environment, COUNTERSIGN_DATABASE_URL: url } });
  const reader = createCaller({ ...caller, url: other.url });
  const { data } = await reader.get('/customers', { query: { search: 'trading' } });
  expect(await other.end('SIGTERM')).toBe(0);
  await other.stop();
  expect(findFileFaults(databaseFileOf(other))).toEqual([]);
  return data.customers.map(({ customer }) => customer);
}

describe('backup', () => {
  test('overwrites nothing', async () => {
    const file = join(folder, 'there.db');
    writeFileSync(file, 'mine');
    expectFailure(await server.command(['backup', file]), /there\.db exists already/);
    expect(readFileSync(file, 'utf8')).toBe('mine');
    expect(readdirSync(folder)).toEqual([basename(file)]);
  });

  test('leaves no file when it fails', async () => {
    chmodSync(folder, 0o500);
    const args = ['backup', join(folder, 'x.db')];
    expectFailure(
      await runProgram(args, { environment: server.environment, isUnprivileged: true }),
      /Cannot copy .* to .*x\.db: permission denied/,
    );
    expect(readdirSync(folder)).toEqual([]);
    expectFailure(await server.command(['backup', join(folder, 'no', 'x.db')]), /there is no such folder/);
  });

  test('of a database that is not there makes none', async () => {
    const url = `sqlite:${join(folder, 'nothing.db')}`;
    expectFailure(
      await server.command(['backup', join(folder, 'b.db'), '--database-url', url]),
      /There is no database/,
    );
    expect(readdirSync(folder)).toEqual([]);
  });

  test('of a damaged database is refused', async () => {
    const file = join(folder, 'damaged.db');
    const bytes = readFileSync(backup);
    bytes.fill(0x5a, 8_192, 20_000);
    writeFileSync(file, bytes);
    const args = ['backup', join(folder, 'b.db'), '--database-url', `sqlite:${file}`];
    expectFailure(await server.command(args), /damaged/);
    expect(existsSync(join(folder, 'b.db'))).toBe(false);
  });

  test('and restore of PostgreSQL name its own tools', async () => {
    const url = 'postgres://postgres@127.0.0.1:1/x';
    for (const args of [
      ['backup', join(folder, 'b')],
      ['restore', backup],
    ]) {
      expectFailure(await server.command([...args, '--database-url', url]), /pg_dump/);
    }
  });
});

describe('restore', () => {
  test('brings a backup to an empty place, and searches find what is in it', async () => {
    expect((await restore(backup)).exitCode).toBe(0);
    expect(statSync(place()).mode & 0o777).toBe(0o600);
    expect(await listRestored()).toEqual(['Kept Trading']);
    expect(findFileFaults(backup)).toEqual([]);
  });

  test('keeps a database that is there, unless it is to be replaced', async () => {
    expect((await restore(backup)).exitCode).toBe(0);
    const before = readFileSync(place());
    expectFailure(await restore(backup), /countersign\.db exists already/);
    expect(readFileSync(place()).equals(before)).toBe(true);
    expect((await restore(backup, ['--replace'])).exitCode).toBe(0);
    expect(await listRestored()).toEqual(['Kept Trading']);
  });

  test('is refused while a server has the database open, which goes on', async () => {
    const args = ['restore', backup, '--replace'];
    expectFailure(await server.command(args), /in use: stop every countersign/);
    const { data } = await caller.get('/customers', { query: { search: 'trading' } });
    expect(data.pagination.total).toBe(2);
    expect(readdirSync(server.folder).filter((name) => name.includes('partial'))).toEqual([]);
  });

  test('replaces the log and the search index of the database that was there', async () => {
    const other = await startServer();
    await other.createTeam();
    await other.end('SIGKILL');
    const file = databaseFileOf(other);
    expect(existsSync(`${file}-wal`)).toBe(true);
    const { exitCode, stderr } = await other.command(['restore', backup, '--replace']);
    expect(exitCode, stderr).toBe(0);
    expect(readdirSync(other.folder)).toEqual([basename(file)]);
    expect(await listRestored(`sqlite:${file}`)).toEqual(['Kept Trading']);
    await other.stop();
  });

  test('replaces a database that is damaged beyond opening', async () => {
    writeFileSync(place(), 'This is a text and not a database. '.repeat(100));
    writeFileSync(`${place()}-wal`, 'old');
    expect((await restore(backup, ['--replace'])).exitCode).toBe(0);
    expect(await listRestored()).toEqual(['Kept Trading']);
  });

  test('replaces what a link leads to, and not the link', async () => {
    mkdirSync(join(folder, 'far'));
    expect((await restore(backup)).exitCode).toBe(0);
    const linked = join(folder, 'far', 'linked.db');
    symlinkSync(place(), linked);
    const args = ['restore', backup, '--replace', '--database-url', `sqlite:${linked}`];
    expect((await runCommand(args)).exitCode).toBe(0);
    expect(readdirSync(join(folder, 'far'))).toEqual(['linked.db']);
    expect(await listRestored()).toEqual(['Kept Trading']);
  });

  test('of a damaged or half backup is refused, and the database stays', async () => {
    expect((await restore(backup)).exitCode).toBe(0);
    const damaged = join(folder, 'damaged.db');
    const bytes = readFileSync(backup);
    for (const broken of [bytes.subarray(0, 30_000), Buffer.from('no database'), Buffer.alloc(0)]) {
      writeFileSync(damaged, broken);
      expectFailure(await restore(damaged, ['--replace']), /damaged|not a database|holds no records/);
    }
    expectFailure(await restore(join(folder, 'nothing.db'), ['--replace']), /There is no database/);
    expect(await listRestored()).toEqual(['Kept Trading']);
  });

  test('of a schema newer than the program is refused; an older one is restored, to be migrated', async () => {
    expect((await restore(backup, [], runNextVersion)).stderr).toMatch(/older schema: run "countersign migrate"/);
    expect(await listRestored()).toEqual(['Kept Trading']);
    const newer = join(folder, 'newer.db');
    const url = `sqlite:${newer}`;
    await runNextVersion(['team', 'create', '--name', 'x', '--database-url', url]);
    expectFailure(await restore(newer, ['--replace']), /newer than this program's/);
  });

  test('leaves whoever opened the old file before with nothing to write to', async () => {
    expect((await restore(backup)).exitCode).toBe(0);
    const late = new DatabaseSync(place());
    expect((await restore(backup, ['--replace'])).exitCode).toBe(0);
    expect(() => late.exec('pragma journal_mode = wal')).toThrow(/readonly/);
    late.close();
    expect(readdirSync(folder)).toEqual(['countersign.db']);
  });
});
