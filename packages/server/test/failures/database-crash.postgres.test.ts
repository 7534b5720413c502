import { setTimeout as passTime } from 'node:timers/promises';
import type { Customer } from '@countersign/contract';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type LoadClient, loadClient } from '../durability/load.js';
import type { Caller } from '../harness/caller.js';
import { eventually } from '../harness/eventually.js';
import { type PrivatePostgres, startPrivatePostgres } from '../harness/private-postgres.js';
import { seededRandom, seedFrom } from '../harness/random.js';
import { startServer, type TestServer } from '../harness/server.js';

const CLIENTS = 16;
const CRASHES = 4;
const SEED = seedFrom('CRASH_SEED');

let postgres: PrivatePostgres;
let server: TestServer;
let caller: Caller;
const random = seededRandom(SEED);

beforeAll(async () => {
  console.info(`database crash: CRASH_SEED=${SEED}`);
  postgres = await startPrivatePostgres();
  const url = await postgres.createDatabase('countersign');
  server = await startServer({ environment: { COUNTERSIGN_DATABASE_URL: url } });
  caller = await server.createCaller();
});
afterAll(async () => {
  await server.stop();
  await postgres.remove();
});

/** Lets all clients write, and crashes the database in the middle of it; each client stops at its first refusal. */
async function crashUnderLoad(clients: readonly LoadClient[], load: { acknowledged: number }): Promise<void> {
  const before = load.acknowledged;
  const crashAfter = 100 + random.integer(250);
  const crashed = new AbortController();
  const runs = clients.map((client) => client.run(() => crashed.signal.aborted));
  while (load.acknowledged < before + crashAfter) await passTime(1);
  await passTime(random.integer(12));
  await postgres.stop('immediate');
  crashed.abort();
  await Promise.all(runs);
}

describe(`a PostgreSQL that crashes ${CRASHES} times under load`, () => {
  test('is told of with 503 while it is away, and found again, with no write lost and none done twice', async () => {
    const load = { acknowledged: 0 };
    const clients = Array.from({ length: CLIENTS }, (_, index) =>
      loadClient(caller, seededRandom(SEED + index), () => {
        load.acknowledged += 1;
      }),
    );
    for (let crash = 0; crash < CRASHES; crash++) {
      await crashUnderLoad(clients, load);
      const refused = await caller.get('/customers');
      expect([refused.status, refused.body.code]).toEqual([503, 'unavailable']);
      expect(refused.headers.get('retry-after')).toBe('1');
      expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
      expect((await fetch(`${server.url}/readyz`)).status).toBe(503);
      await postgres.start();
      await eventually(async () => expect((await fetch(`${server.url}/readyz`)).status).toBe(200));
      await Promise.all(clients.map((client) => client.settle()));
    }
    expect(load.acknowledged).toBeGreaterThanOrEqual(CRASHES * 100);
    const expected = clients.flatMap(({ live }) => [...live.values()]);
    expect(byUuid(await listAll())).toEqual(byUuid(expected));
  });

  test('is told of in the log without a secret, a statement or a customer', () => {
    expect(server.log()).not.toMatch(/insert into|select .* from|cs_secret|cs_at_|@acme\.example/i);
  });
});

async function listAll(): Promise<Customer[]> {
  const customers: Customer[] = [];
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const query: Record<string, string | number> = { limit: 100, orderBy: 'createdAt' };
    const { data } = await caller.get('/customers', { query: cursor === undefined ? query : { ...query, cursor } });
    customers.push(...data.customers);
    cursor = data.pagination.nextCursor;
    expect(data.pagination.total).toBeGreaterThanOrEqual(customers.length);
    if (cursor === null) expect(customers.length).toBe(data.pagination.total);
  }
  return customers;
}

function byUuid(customers: readonly Customer[]): Customer[] {
  return [...customers].sort((a, b) => (a.uuid < b.uuid ? -1 : 1));
}
