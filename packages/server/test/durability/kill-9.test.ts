import { setTimeout as passTime } from 'node:timers/promises';
import type { Customer } from '@countersign/contract';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Caller } from '../harness/caller.js';
import { seededRandom, seedFrom } from '../harness/random.js';
import { startServer, type TestServer } from '../harness/server.js';
import { type LoadClient, loadClient, persistently } from './load.js';

const CLIENTS = 16;
const KILLS = 4;
const SEED = seedFrom('KILL_SEED');
/** Customers of which each is looked for by its name. */
const SEARCHED = 25;

let server: TestServer;
let caller: Caller;
let clients: readonly LoadClient[];
const random = seededRandom(SEED);

beforeAll(async () => {
  console.info(`kill -9: KILL_SEED=${SEED}`);
  server = await startServer();
  caller = await server.createCaller();
});
afterAll(() => server.stop());

/** Lets all clients write, and kills the process in the middle of it. */
async function killUnderLoad(load: { readonly acknowledged: number }): Promise<number | null> {
  const acknowledgedBefore = load.acknowledged;
  const killAfter = 100 + random.integer(250);
  const killed = new AbortController();
  const runs = clients.map((client) => client.run(() => killed.signal.aborted));
  while (load.acknowledged < acknowledgedBefore + killAfter) await passTime(1);
  // Not always right after an answer: anywhere between two commits.
  await passTime(random.integer(12));
  const exitCode = await server.end('SIGKILL');
  killed.abort();
  await Promise.all(runs);
  return exitCode;
}

async function walkList(): Promise<{ customers: Map<string, Customer>; total: number }> {
  const customers = new Map<string, Customer>();
  let cursor: string | null = null;
  let total = 0;
  do {
    const query: Record<string, string | number> = { limit: 100, orderBy: 'createdAt' };
    const { data } = await caller.get('/customers', { query: cursor === null ? query : { ...query, cursor } });
    for (const customer of data.customers) {
      expect(customers.has(customer.uuid)).toBe(false);
      customers.set(customer.uuid, customer);
    }
    total = data.pagination.total;
    cursor = data.pagination.nextCursor;
  } while (cursor !== null);
  return { customers, total };
}

const byUuid = (a: Customer, b: Customer) => (a.uuid < b.uuid ? -1 : 1);

describe(`a server killed ${KILLS} times under load, and started again each time`, () => {
  test('an unanswered write has happened wholly or not at all, and its repetition has one effect', async () => {
    const load = { acknowledged: 0 };
    clients = Array.from({ length: CLIENTS }, (_, index) =>
      loadClient(caller, seededRandom(SEED + index), () => {
        load.acknowledged += 1;
      }),
    );
    for (let kill = 0; kill < KILLS; kill++) {
      expect(await killUnderLoad(load)).toBeNull();
      await server.restart();
      await Promise.all(clients.map((client) => client.settle()));
    }
    expect(load.acknowledged).toBeGreaterThanOrEqual(KILLS * 100);
  });

  test('keeps every acknowledged write exactly as it was acknowledged, and nothing else', async () => {
    const expected = clients.flatMap(({ live }) => [...live.values()]).sort(byUuid);
    const { customers, total } = await walkList();
    expect([...customers.values()].sort(byUuid)).toEqual(expected);
    expect(total).toBe(expected.length);
    const byPage = await caller.get('/customers', { query: { limit: 1, status: 'active' } });
    expect(byPage.data.pagination.total).toBe(expected.length);
    for (const customer of expected.slice(0, 100)) {
      const { data, headers } = await caller.get(`/customers/${customer.uuid}`);
      expect(data.customer).toEqual(customer);
      expect(headers.get('etag')).toBe(`"${customer.version}"`);
    }
  });

  test('keeps what was deleted deleted', async () => {
    const deleted = clients.flatMap((client) => [...client.deleted.values()]);
    expect(deleted.length).toBeGreaterThan(0);
    for (const { uuid, email } of deleted.slice(0, 50)) {
      const answers = await Promise.all([
        caller.get(`/customers/${uuid}`),
        caller.get('/customers/find-by-email', { query: { email } }),
        caller.get('/customers', { query: { search: email } }),
      ]);
      expect(answers.map(({ status, data }) => [status, data?.pagination?.total])).toEqual([
        [404, undefined],
        [404, undefined],
        [200, 0],
      ]);
    }
  });

  test('finds what is there by name, email and phone', async () => {
    const live = clients.flatMap((client) => [...client.live.values()]);
    for (let count = 0; count < SEARCHED; count++) {
      const customer = random.pick(live);
      const unique = customer.customer.split(' ')[1] ?? '';
      for (const search of [unique.toUpperCase(), customer.email.slice(3)]) {
        const { data } = await caller.get('/customers', { query: { search } });
        expect(data.customers, search).toEqual([customer]);
      }
      const byPhone = await caller.get('/customers', { query: { search: customer.mainPhone ?? '', limit: 100 } });
      expect(byPhone.data.customers.map(({ uuid }) => uuid)).toContain(customer.uuid);
    }
  });

  test('leaves a database without a fault, and a log without an error', async () => {
    const { status } = await persistently(() => caller.get('/customers'));
    expect(status).toBe(200);
    expect(await server.end('SIGTERM')).toBe(0);
    expect(await server.database.findFaults()).toEqual([]);
    expect(server.log()).toBe('');
  });
});
