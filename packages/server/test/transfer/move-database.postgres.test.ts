import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { exchange, refresh, tryToken } from '../harness/authorization.js';
import { type Caller, createCaller } from '../harness/caller.js';
import { smallCustomer } from '../harness/customers.js';
import { runPostgresSql } from '../harness/postgres-sql.js';
import { makeTemporaryFolder, type Outcome, removeFolder, runProgram } from '../harness/program.js';
import { startServer, type TestServer } from '../harness/server.js';
import { emptyPostgresDatabases } from './empty-postgres.js';
import { type Furnished, furnishSqliteServer, keyedBody } from './furnished-server.js';
import { readStoredRows } from './stored-rows.js';

const databases = emptyPostgresDatabases();
const folder = makeTemporaryFolder();
let furnished: Furnished;
/** The PostgreSQL database that everything is moved into. */
let target: string;

beforeAll(async () => {
  furnished = await furnishSqliteServer(folder);
  target = await databases.create();
});
afterAll(async () => {
  await furnished.server.stop();
  await databases.remove();
  removeFolder(folder);
});

const move = (from: string, to: string): Promise<Outcome> =>
  runProgram(['migrate-data', '--from', from, '--to', to, '--json']);

interface Report {
  readonly seconds: number;
  readonly tables: readonly { readonly name: string; readonly rows: number; readonly checksum: string }[];
}

function reportOf({ exitCode, stdout, stderr }: Outcome): Report {
  expect([exitCode, stderr.includes('Error')], stderr).toEqual([0, false]);
  expect(stdout.trim().split('\n').length).toBe(1);
  const report: Report = JSON.parse(stdout);
  return report;
}

async function readSchema(url: string): Promise<unknown> {
  const questions = [
    "select indexname, indexdef from pg_indexes where schemaname = 'public' order by 1",
    `select table_name, column_name, data_type, is_nullable, is_identity, collation_name from information_schema.columns
      where table_schema = 'public' order by 1, 2`,
    `select conrelid::regclass::text as of, conname, pg_get_constraintdef(oid) as text from pg_constraint
      where connamespace = 'public'::regnamespace order by 1, 2`,
    'select tgrelid::regclass::text as of, tgname, tgenabled from pg_trigger where not tgisinternal order by 1, 2',
  ];
  return Promise.all(questions.map((text) => runPostgresSql(url, text)));
}

describe('a move from SQLite to PostgreSQL', () => {
  test('brings every row of every table, and tells how many there are', async () => {
    const before = await readStoredRows(furnished.url);
    const outcome = await move(furnished.url, target);
    const { tables } = reportOf(outcome);
    const after = await readStoredRows(target);
    expect(after).toEqual(before);
    expect(await readStoredRows(furnished.url)).toEqual(before);
    // Nothing that the schema has is left out, and nothing that the test looks at is empty.
    expect(tables.map(({ name }) => name).sort()).toEqual([...before.keys()]);
    for (const { name, rows } of tables) expect([name, rows]).toEqual([name, before.get(name)?.length]);
    const empty = [...before].filter(([, rows]) => rows.length === 0).map(([name]) => name);
    expect(empty).toEqual([]);
    expect(outcome.stderr).toMatch(/copying .*\ncomparing /s);
  });

  test('leaves a schema as a new database has it, with every index', async () => {
    const fresh = await databases.create();
    expect((await runProgram(['migrate', '--database-url', fresh])).exitCode).toBe(0);
    expect(await readSchema(target)).toEqual(await readSchema(fresh));
  });

  describe('and a server on the target', () => {
    let server: TestServer;
    let callers: readonly Caller[];

    beforeAll(async () => {
      const { COUNTERSIGN_MASTER_KEY } = furnished.server.environment;
      server = await startServer({ environment: { COUNTERSIGN_DATABASE_URL: target, COUNTERSIGN_MASTER_KEY } });
      callers = furnished.callers.map((caller) => createCaller({ ...caller, url: server.url }));
    });
    afterAll(() => server.stop());

    test('answers the same customers to the same tokens, by list, search, email and UUID', async () => {
      await furnished.server.restart();
      for (const [index, caller] of callers.entries()) {
        const old = furnished.callers[index];
        const asked = [
          { orderBy: 'customer', limit: 100 },
          { orderBy: 'createdAt', orderDirection: 'DESC', limit: 100 },
          { search: 'acme', limit: 100 },
          { search: '東京', limit: 100 },
          { status: 'inactive', limit: 100 },
        ];
        for (const query of asked) {
          const [there, here] = await Promise.all([
            old?.get('/customers', { query }),
            caller.get('/customers', { query }),
          ]);
          expect(here.status).toBe(200);
          expect(here.data.customers.length).toBeGreaterThan(0);
          // What each tells mirrors is of its own moment.
          const updatedUntil = expect.any(String);
          const pagination = { ...there?.data.pagination, updatedUntil };
          expect(here.data).toEqual({ ...there?.data, pagination });
        }
        const { data } = await caller.get('/customers', { query: { limit: 100 } });
        for (const customer of data.customers) {
          expect((await caller.get(`/customers/${customer.uuid}`)).data.customer).toEqual(customer);
          const found = await caller.get('/customers/find-by-email', { query: { email: customer.email } });
          expect(found.data.customer).toEqual(customer);
        }
      }
      await furnished.server.end('SIGTERM');
    });

    test('gives kept answers again, and makes no second customer', async () => {
      for (const [index, [key, first]] of [...furnished.keyed].entries()) {
        const again = await callers[index]?.post('/customers', keyedBody(key), { headers: { 'idempotency-key': key } });
        expect([again?.status, again?.headers.get('idempotency-replayed')]).toEqual([201, 'true']);
        expect(again?.text).toBe(first.text);
      }
    });

    test('knows codes, refresh tokens and deleted customers', async () => {
      const { app } = furnished.scene;
      expect(await tryToken(server, app, furnished.tokens.accessToken)).toBe(200);
      expect((await exchange(server, app, { code: furnished.code })).status).toBe(200);
      expect((await exchange(server, app, { code: furnished.code })).status).toBe(400);
      expect((await refresh(server, app, furnished.tokens.refreshToken)).status).toBe(200);
      const [caller] = callers;
      const [uuid = ''] = furnished.deleted;
      expect((await caller?.get(`/customers/${uuid}`))?.status).toBe(404);
      expect((await caller?.post(`/customers/${uuid}/restore`, {}))?.status).toBe(200);
    });

    test('goes on with new teams, apps and customers behind those that were moved', async () => {
      const caller = await server.createCaller();
      const { status, data } = await caller.post('/customers', smallCustomer());
      expect(status).toBe(201);
      expect((await caller.get('/customers')).data.customers).toEqual([data.customer]);
      const taken = await callers[0]?.post('/customers', { customer: 'x', email: data.customer.email });
      expect(taken?.status).toBe(201);
    });
  });
});
