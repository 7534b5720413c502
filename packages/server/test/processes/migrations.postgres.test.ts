import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { exchange, getCode, openScene } from '../harness/authorization.js';
import { type Caller, createCaller } from '../harness/caller.js';
import { smallCustomer } from '../harness/customers.js';
import { type PrivatePostgres, startPrivatePostgres } from '../harness/private-postgres.js';
import { NEXT_VERSION, runProgram } from '../harness/program.js';
import { startServer, type TestServer } from '../harness/server.js';

const AT_ONCE = 10;

let postgres: PrivatePostgres;

beforeAll(async () => {
  postgres = await startPrivatePostgres();
});
afterAll(() => postgres.remove());

async function readVersions(database: string): Promise<number[]> {
  const rows = await postgres.sql<{ version: number }>(
    database,
    'select version from schema_migrations order by version',
  );
  return rows.map(({ version }) => version);
}

function migrateAtOnce(environment: Readonly<Record<string, string | undefined>>) {
  return Promise.all(Array.from({ length: AT_ONCE }, () => runProgram(['migrate', '--json'], { environment })));
}

test('ten that migrate an empty database at once all succeed, and each step is done once', async () => {
  const url = await postgres.createDatabase('fresh');
  const outcomes = await migrateAtOnce({ COUNTERSIGN_DATABASE_URL: url });
  expect(outcomes.map(({ exitCode, stderr }) => [exitCode, stderr])).toEqual(outcomes.map(() => [0, '']));
  const versions = await readVersions('fresh');
  expect(versions).toEqual(versions.map((_, index) => index + 1));
  expect(new Set(outcomes.map(({ stdout }) => stdout))).toEqual(new Set([`{"schemaVersion":${versions.length}}\n`]));
});

describe('a schema that moves on while an older process serves', () => {
  let older: TestServer;
  let newer: TestServer;
  let caller: Caller;
  let version: number;

  beforeAll(async () => {
    const url = await postgres.createDatabase('moving');
    older = await startServer({ environment: { COUNTERSIGN_DATABASE_URL: url } });
    caller = await older.createCaller();
    await serveAll([caller]);
    version = (await readVersions('moving')).length;
  });
  afterAll(async () => {
    await older.stop();
    await newer?.stop();
  });

  test('the newer program refuses it until it is migrated, and names both versions', async () => {
    const outcome = await runProgram(['serve'], { environment: { ...older.environment, ...NEXT_VERSION } });
    expect(outcome.exitCode).toBe(1);
    expect(outcome.stderr).toBe(
      `countersign: The database has schema version ${version} and this program needs ${version + 1}: run "countersign migrate".\n`,
    );
  });

  test('ten that migrate it at once all succeed, while the older process goes on', async () => {
    let isMigrated = false;
    const serving = (async () => {
      do await serveAll([caller]);
      while (!isMigrated);
    })();
    const outcomes = await migrateAtOnce({ ...older.environment, ...NEXT_VERSION });
    isMigrated = true;
    await serving;
    expect(outcomes.map(({ exitCode }) => exitCode)).toEqual(outcomes.map(() => 0));
    expect((await readVersions('moving')).length).toBe(version + 1);
  });

  test('the older and the newer process serve side by side, each what the other wrote', async () => {
    newer = await startServer({ environment: { ...older.environment, ...NEXT_VERSION } });
    const { app, team, accessToken } = caller;
    await serveAll([caller, createCaller({ url: newer.url, app, team, accessToken })]);
    for (const server of [older, newer]) {
      const scene = await openScene(newer);
      expect((await exchange(server, scene.app, { code: await getCode(newer, scene) })).status).toBe(200);
    }
  });

  test('the older program does not start on it any more, and names both versions', async () => {
    const outcome = await runProgram(['serve'], { environment: older.environment });
    expect(outcome.exitCode).toBe(1);
    expect(outcome.stderr).toBe(
      `countersign: The database has schema version ${version + 1}, newer than this program's ${version}: run a newer countersign.\n`,
    );
  });
});

/** Every kind of write at each process, read at all of them. */
async function serveAll(callers: readonly Caller[]): Promise<void> {
  const everywhere = async (uuid: string) =>
    Promise.all(callers.map(async (caller) => (await caller.get(`/customers/${uuid}`)).data?.customer));
  for (const caller of callers) {
    const created = await caller.post('/customers', smallCustomer());
    expect(created.status).toBe(201);
    const { uuid, email } = created.data.customer;
    const updated = await caller.patch(`/customers/${uuid}`, { notes: 'changed' });
    expect(await everywhere(uuid)).toEqual(callers.map(() => updated.data.customer));
    for (const reader of callers) {
      const { data } = await reader.get('/customers', { query: { search: email } });
      expect(data.customers).toEqual([updated.data.customer]);
    }
    expect((await caller.delete(`/customers/${uuid}`)).status).toBe(200);
    expect(await everywhere(uuid)).toEqual(callers.map(() => undefined));
    expect((await caller.post(`/customers/${uuid}/restore`, {})).status).toBe(200);
    const bulk = await caller.post('/customers/bulk', { customers: [smallCustomer(), smallCustomer()] });
    expect(bulk.data.successCount).toBe(2);
  }
}
