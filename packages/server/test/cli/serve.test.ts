import { chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { smallCustomer } from '../harness/customers.js';
import {
  type Environment,
  makeTemporaryFolder,
  newMasterKey,
  type Outcome,
  removeFolder,
  runProgram,
} from '../harness/program.js';
import { startServer } from '../harness/server.js';

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

/** One sentence for the operator on standard error, nothing on standard output, and exit status 1. */
function expectFailure({ exitCode, stdout, stderr }: Outcome, sentence: RegExp): void {
  expect([exitCode, stdout]).toEqual([1, '']);
  expect(stderr).toMatch(/^countersign: .*\.\n$/);
  expect(stderr).toMatch(sentence);
}

describe('a setting that cannot be used is named, and the server does not start', () => {
  test.each<[string, string]>([
    ['COUNTERSIGN_MASTER_KEY', ''],
    ['COUNTERSIGN_MASTER_KEY', 'short'],
    ['COUNTERSIGN_MASTER_KEY', Buffer.alloc(31).toString('base64')],
    ['COUNTERSIGN_MASTER_KEY', '!'.repeat(44)],
    ['COUNTERSIGN_PORT', '65536'],
    ['COUNTERSIGN_PORT', 'http'],
    ['COUNTERSIGN_HOST', '192.0.2.1'],
    ['COUNTERSIGN_DATABASE_URL', 'mysql://x'],
    ['COUNTERSIGN_DATABASE_URL', 'countersign.db'],
    ['COUNTERSIGN_RATE_LIMIT', '-1'],
    ['COUNTERSIGN_AUTH_FAILURE_LIMIT', '1.5'],
    ['COUNTERSIGN_ACCESS_TOKEN_SECONDS', '0'],
    ['COUNTERSIGN_REFRESH_TOKEN_SECONDS', 'long'],
    ['COUNTERSIGN_BODY_LIMIT', '1MB'],
    ['COUNTERSIGN_LOG_LEVEL', 'loud'],
    ['COUNTERSIGN_TRUSTED_PROXIES', '10.0.0.0/33'],
    ['COUNTERSIGN_TRUSTED_PROXIES', '10.0.0.1,proxy'],
    ['COUNTERSIGN_DEVELOPMENT', 'yes'],
  ])('%s=%s', async (name, value) => {
    const outcome = await serve({ [name]: value });
    expectFailure(outcome, new RegExp(name));
    if (name === 'COUNTERSIGN_MASTER_KEY' && value !== '') expect(outcome.stderr).not.toContain(value);
  });
});

describe('a database that cannot be used is told in one sentence, and the server does not start', () => {
  const file = () => join(folder, 'test.db');

  test('a file that is no database', async () => {
    writeFileSync(file(), 'This is a text and not a database. '.repeat(100));
    expectFailure(await serve(), /test\.db.*not a database/);
    expect(readFileSync(file(), 'utf8')).toContain('This is a text');
  });

  test('a damaged database', async () => {
    const server = await startServer();
    await server.createTeam();
    expect(await server.end('SIGTERM')).toBe(0);
    const bytes = readFileSync(server.databaseFile);
    await server.stop();
    bytes.fill(0x5a, 100, 3000);
    writeFileSync(file(), bytes);
    expectFailure(await serve(), /test\.db.*(damaged|not a database)/);
  });

  test('a folder in its place', async () => {
    mkdirSync(file());
    expectFailure(await serve(), /test\.db/);
  });

  test('a path through a file', async () => {
    writeFileSync(join(folder, 'x'), '');
    expectFailure(await serve({ COUNTERSIGN_DATABASE_URL: `sqlite:${folder}/x/y/test.db` }), /not a folder/);
  });

  test('a schema that is newer than the program', async () => {
    const server = await startServer();
    await server.end('SIGTERM');
    const database = new DatabaseSync(server.databaseFile);
    database.exec("insert into schema_migrations (version, name, applied_at) values (999, 'later', 0)");
    database.close();
    const outcome = await server.command(['serve']);
    await server.stop();
    expectFailure(outcome, /version 999.*newer/);
  });

  test('a folder that may not be written to', async () => {
    chmodSync(folder, 0o555);
    expectFailure(await serve({}, { isUnprivileged: true }), /test\.db/);
    expect(existsSync(file())).toBe(false);
  });

  test('a file that may not be written to', async () => {
    const server = await startServer();
    await server.end('SIGTERM');
    writeFileSync(file(), readFileSync(server.databaseFile));
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

test('a port that is taken is named', async () => {
  const server = await startServer();
  try {
    const { port } = new URL(server.url);
    expectFailure(await serve({ COUNTERSIGN_PORT: port }), new RegExp(`port ${port} is taken`));
  } finally {
    await server.stop();
  }
});

test('a flag wins over its variable, and one that cannot be used is wrong usage', async () => {
  const outcome = await runProgram(['serve', '--port', 'nonsense'], { environment: { COUNTERSIGN_PORT: '0' } });
  expect([outcome.exitCode, outcome.stdout]).toEqual([2, '']);
  expect(outcome.stderr).toMatch(/^countersign: COUNTERSIGN_PORT .*\.\n$/);
});

test('another master key than the one that the secrets are under is refused at the start', async () => {
  const server = await startServer();
  await server.createApp();
  await server.end('SIGTERM');
  try {
    const outcome = await serve({ COUNTERSIGN_DATABASE_URL: `sqlite:${server.databaseFile}` });
    expectFailure(outcome, /COUNTERSIGN_MASTER_KEY is not the key/);
  } finally {
    await server.stop();
  }
});

test('a clean stop leaves the whole database in its one file, which nobody else may read', async () => {
  const server = await startServer();
  const caller = await server.createCaller();
  const created = await caller.post('/customers', smallCustomer());
  try {
    expect(await server.end('SIGTERM')).toBe(0);
    expect(statSync(`${server.databaseFile}-wal`, { throwIfNoEntry: false })?.size ?? 0).toBe(0);
    expect(statSync(server.databaseFile).mode & 0o077).toBe(0);
    const copy = join(folder, 'copy.db');
    copyFileSync(server.databaseFile, copy);
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
    copyFileSync(server.databaseFile, backup);
    await server.restart();
    await caller.patch(`/customers/${uuid}`, { customer: 'Newname Quagga' });
    await caller.post('/customers', smallCustomer({ customer: 'Quagga Later' }));
    await vi.waitFor(() => expect(waitingForIndex(server.databaseFile)).toBe(0), { timeout: 20_000 });
    await server.end('SIGTERM');
    copyFileSync(backup, server.databaseFile);
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
