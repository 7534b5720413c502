import {
  chmodSync,
  closeSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Finding } from '../../src/doctor/finding.js';
import { smallCustomer } from '../harness/customers.js';
import { eventually } from '../harness/eventually.js';
import { expectFailure } from '../harness/expect-failure.js';
import { type Environment, makeTemporaryFolder, newMasterKey, removeFolder, runProgram } from '../harness/program.js';
import { startServer } from '../harness/server.js';
import { databaseFileOf } from '../harness/sqlite-database.js';

let folder: string;

beforeEach(() => {
  folder = makeTemporaryFolder();
});
afterEach(() => {
  chmodSync(folder, 0o700);
  removeFolder(folder);
});

const serve = (environment: Environment = {}, options: { readonly isUnprivileged?: boolean } = {}) =>
  runProgram(['serve'], {
    ...options,
    environment: {
      COUNTERSIGN_DATABASE_URL: `sqlite:${join(folder, 'test.db')}`,
      COUNTERSIGN_MASTER_KEY: newMasterKey(),
      COUNTERSIGN_PORT: '0',
      ...environment,
    },
  });

describe('a database that cannot be used is told in one sentence, and the server does not start', () => {
  const file = () => join(folder, 'test.db');

  test('a file that is no database', async () => {
    writeFileSync(file(), 'This is a text and not a database. '.repeat(100));
    expectFailure(await serve(), /test\.db.*not a database/);
    expect(readFileSync(file(), 'utf8')).toContain('This is a text');
  });

  test.each<[string, (bytes: Buffer) => Buffer]>([
    ['with a damaged start', (bytes) => bytes.fill(0x5a, 100, 3000)],
    ['with damaged pages', (bytes) => bytes.fill(0x5a, 4096)],
    ['that was cut off', (bytes) => bytes.subarray(0, 5000)],
  ])('a database %s, which the doctor tells of too', async (_, damage) => {
    const server = await startServer();
    await server.createTeam();
    expect(await server.end('SIGTERM')).toBe(0);
    const bytes = readFileSync(databaseFileOf(server));
    await server.stop();
    writeFileSync(file(), damage(bytes));
    expectFailure(await serve(), /test\.db.*(damaged|not a database): stop the server, .* restore the newest backup/);
    const examined = await runProgram(['doctor', '--json', '--database-url', `sqlite:${file()}`]);
    const { findings }: { findings: Finding[] } = JSON.parse(examined.stdout);
    expect([examined.exitCode, examined.stderr]).toEqual([1, '']);
    expect(findings.filter(({ check, status }) => check === 'database' && status === 'problem')).toMatchObject([
      {
        message: expect.stringMatching(/test\.db.*(damaged|not a database)$/),
        remedy: expect.stringMatching(/^stop the server, .*backup/),
      },
    ]);
  });

  test('a folder in its place', async () => {
    mkdirSync(file());
    expectFailure(await serve(), /test\.db/);
  });

  test('a path through a file', async () => {
    writeFileSync(join(folder, 'x'), '');
    expectFailure(await serve({ COUNTERSIGN_DATABASE_URL: `sqlite:${folder}/x/y/test.db` }), /not a folder/);
  });

  test('a folder that may not be written to', async () => {
    chmodSync(folder, 0o555);
    expectFailure(await serve({}, { isUnprivileged: true }), /test\.db/);
    expect(existsSync(file())).toBe(false);
  });

  test('a file that may not be written to', async () => {
    const server = await startServer();
    await server.end('SIGTERM');
    writeFileSync(file(), readFileSync(databaseFileOf(server)));
    await server.stop();
    chmodSync(file(), 0o444);
    expectFailure(await serve({}, { isUnprivileged: true }), /test\.db.*read-only/);
  });

  test('also to the commands that work on it', async () => {
    writeFileSync(file(), 'This is a text and not a database. '.repeat(100));
    const url = `sqlite:${file()}`;
    for (const args of [['team', 'create', '--name', 'x', '--json'], ['migrate']]) {
      expectFailure(await runProgram([...args, '--database-url', url]), /test\.db.*not a database/);
    }
  });
});

test('customers whose pages are damaged under a running server are unavailable', async () => {
  const server = await startServer();
  try {
    const caller = await server.createCaller();
    await caller.post('/customers', smallCustomer());
    await server.end('SIGTERM');
    await server.restart();
    damageTable(databaseFileOf(server), 'customers');
    expect(await caller.get('/customers')).toMatchObject({ status: 503, body: { code: 'unavailable' } });
    const created = await caller.post('/customers', smallCustomer({ email: 'b@b.example' }));
    expect(created).toMatchObject({ status: 503, body: { code: 'unavailable' } });
  } finally {
    await server.stop();
  }
});

function damageTable(file: string, table: string): void {
  const database = new DatabaseSync(file, { readOnly: true });
  const { page_size: size } = database.prepare('pragma page_size').get();
  const pages: { rootpage: number }[] = database
    .prepare('select rootpage from sqlite_schema where tbl_name = ? and rootpage > 0')
    .all(table);
  database.close();
  const descriptor = openSync(file, 'r+');
  for (const { rootpage } of pages) writeSync(descriptor, Buffer.alloc(size, 0x5a), 0, size, (rootpage - 1) * size);
  closeSync(descriptor);
}

test('a clean stop leaves the whole database in its one file, which nobody else may read', async () => {
  const server = await startServer();
  const caller = await server.createCaller();
  const created = await caller.post('/customers', smallCustomer());
  try {
    expect(await server.end('SIGTERM')).toBe(0);
    expect(statSync(`${databaseFileOf(server)}-wal`, { throwIfNoEntry: false })?.size ?? 0).toBe(0);
    expect(statSync(databaseFileOf(server)).mode & 0o077).toBe(0);
    const copy = join(folder, 'copy.db');
    copyFileSync(databaseFileOf(server), copy);
    const database = new DatabaseSync(copy);
    expect(database.prepare('select body from customers').all()).toEqual([
      { body: JSON.stringify(created.data.customer) },
    ]);
    database.close();
  } finally {
    await server.stop();
  }
});

test('a database restored from before the search index was last written is searched as it is', async () => {
  const server = await startServer();
  const caller = await server.createCaller();
  const total = async (search: string) => (await caller.get('/customers', { query: { search } })).data.pagination.total;
  const { uuid } = (await caller.post('/customers', smallCustomer({ customer: 'Oldname Zebra' }))).data.customer;
  try {
    await server.end('SIGTERM');
    const backup = join(folder, 'backup.db');
    copyFileSync(databaseFileOf(server), backup);
    await server.restart();
    await caller.patch(`/customers/${uuid}`, { customer: 'Newname Quagga' });
    await caller.post('/customers', smallCustomer({ customer: 'Quagga Later' }));
    await eventually(() => expect(waitingForIndex(databaseFileOf(server))).toBe(0));
    await server.end('SIGTERM');
    copyFileSync(backup, databaseFileOf(server));
    await server.restart();
    expect([await total('oldname'), await total('newname'), await total('quagga')]).toEqual([1, 0, 0]);
  } finally {
    await server.stop();
  }
});

function waitingForIndex(file: string): number {
  const database = new DatabaseSync(file, { readOnly: true });
  const waiting = database.prepare('select count(*) as waiting from search_pending').get();
  database.close();
  return waiting.waiting;
}
