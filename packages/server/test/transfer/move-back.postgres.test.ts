import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createCaller } from '../harness/caller.js';
import { smallCustomer } from '../harness/customers.js';
import { makeTemporaryFolder, removeFolder, runProgram } from '../harness/program.js';
import { startServer } from '../harness/server.js';
import { findFileFaults } from '../harness/sqlite-database.js';
import { emptyPostgresDatabases } from './empty-postgres.js';
import { type Furnished, furnishSqliteServer, keyedBody } from './furnished-server.js';
import { readStoredRows, type StoredRows } from './stored-rows.js';

const databases = emptyPostgresDatabases();
const folder = makeTemporaryFolder();
const back = join(folder, 'back.db');
let furnished: Furnished;
let before: StoredRows;
let postgres: string;

beforeAll(async () => {
  furnished = await furnishSqliteServer(folder);
  before = await readStoredRows(furnished.url);
  postgres = await databases.create();
  await move(furnished.url, postgres);
});
afterAll(async () => {
  await furnished.server.stop();
  await databases.remove();
  removeFolder(folder);
});

async function move(from: string, to: string): Promise<void> {
  const { exitCode, stderr } = await runProgram(['migrate-data', '--from', from, '--to', to]);
  expect(exitCode, stderr).toBe(0);
}

test('a move from one PostgreSQL to another brings every row', async () => {
  const other = await databases.create();
  await move(postgres, other);
  expect(await readStoredRows(other)).toEqual(before);
});

test('a move from one SQLite file to another brings every row', async () => {
  const copy = join(folder, 'copy.db');
  await move(furnished.url, `sqlite:${copy}`);
  expect(await readStoredRows(`sqlite:${copy}`)).toEqual(before);
  expect(findFileFaults(copy)).toEqual([]);
});

test('a move back from PostgreSQL to SQLite brings every row, and a server finds and changes them', async () => {
  await move(postgres, `sqlite:${back}`);
  expect(await readStoredRows(`sqlite:${back}`)).toEqual(before);
  const { COUNTERSIGN_MASTER_KEY } = furnished.server.environment;
  const server = await startServer({
    environment: { COUNTERSIGN_DATABASE_URL: `sqlite:${back}`, COUNTERSIGN_MASTER_KEY },
  });
  const [caller] = furnished.callers.map((former) => createCaller({ ...former, url: server.url }));
  const [key = ''] = furnished.keyed.keys();
  const again = await caller?.post('/customers', keyedBody(key), { headers: { 'idempotency-key': key } });
  expect(again?.headers.get('idempotency-replayed')).toBe('true');
  const created = await caller?.post('/customers', smallCustomer({ customer: 'Back Again' }));
  const found = await caller?.get('/customers', { query: { search: 'back again' } });
  expect(found?.data.customers).toEqual([created?.data.customer]);
  expect((await caller?.get('/customers', { query: { search: '東京' } }))?.data.customers.length).toBe(1);
  expect(await server.end('SIGTERM')).toBe(0);
  expect(findFileFaults(back)).toEqual([]);
  await server.stop();
});
