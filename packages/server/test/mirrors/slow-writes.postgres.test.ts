import { fileURLToPath } from 'node:url';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Caller, createCaller, type WireAnswer } from '../harness/caller.js';
import { smallCustomer, uniqueEmail, uniqueText } from '../harness/customers.js';
import { eventually } from '../harness/eventually.js';
import type { Environment } from '../harness/program.js';
import { startServer, type TestServer } from '../harness/server.js';
import { Mirror } from './mirror.js';

/** What `updatedUntil` stays behind the oldest write that is under way, in milliseconds. */
const MARGIN_MS = 10_000;
/** What a change's own time may be before the start of its statement, in milliseconds; the rest of the margin is spare. */
const SPARE_MS = 5_000;

const clockAhead = (ms: number): Environment => ({
  NODE_OPTIONS: `--import=${fileURLToPath(new URL('../harness/shifted-clock.mjs', import.meta.url))}`,
  CLOCK_AHEAD_MS: String(ms),
});

let server: TestServer;
let behind: TestServer;
/** The same team at three processes: the clock of the second is 30 s behind, and that of the third 30 s ahead. */
let callers: readonly [Caller, Caller, Caller];

beforeAll(async () => {
  server = await startServer();
  behind = await server.startAnother(clockAhead(-30_000));
  const ahead = await server.startAnother(clockAhead(30_000));
  const { url: _, ...parts } = await server.createCaller();
  callers = [createCaller({ ...parts, url: server.url }), at(behind), at(ahead)];
  function at({ url }: TestServer): Caller {
    return createCaller({ ...parts, url });
  }
});
afterAll(() => server.stop());

async function databaseTime(): Promise<number> {
  const [row] = await server.database.sql('select (extract(epoch from clock_timestamp()) * 1000)::bigint as ms');
  return Number(row?.ms);
}

async function create(by: Caller, fields: object = {}): Promise<WireAnswer['data']['customer']> {
  const answer = await by.post('/customers', smallCustomer(fields));
  expect(answer.status, answer.text).toBe(201);
  return answer.data.customer;
}

/** When the statement began that waits for a lock, in milliseconds since 1970, once there is one. */
async function waitingSince(): Promise<number> {
  return eventually(async () => {
    const [row] = await server.database.sql(`select (extract(epoch from query_start) * 1000)::bigint as ms
        from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`);
    if (row === undefined) throw new Error('nothing waits');
    return Number(row.ms);
  });
}

async function toldBy(by: Caller): Promise<number> {
  const { data } = await by.get('/customers', { query: { limit: 1 } });
  return Date.parse(data.pagination.updatedUntil);
}

/** Someone outside of all processes who holds what a write needs, in a transaction of his own. */
async function holding<T>(statement: string, work: (release: () => Promise<void>) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: server.database.url });
  await client.connect();
  try {
    await client.query(`begin; ${statement}`);
    return await work(async () => void (await client.query('rollback')));
  } finally {
    await client.end();
  }
}

const lockOf = (uuid: string) => `select 1 from customers where uuid = '${uuid}' for update`;

describe('a write that waits for a lock', () => {
  const writes: Record<string, (by: Caller, held: { uuid: string; email: string }) => Promise<WireAnswer>> = {
    create: (by, { email }) => by.post('/customers', smallCustomer({ email })),
    'bulk create': (by, { email }) =>
      by.post('/customers/bulk', { customers: [smallCustomer(), smallCustomer({ email })] }),
    update: (by, { uuid }) => by.patch(`/customers/${uuid}`, { notes: uniqueText() }),
    'bulk update': (by, { uuid }) =>
      by.send('PATCH', '/customers/bulk', { body: { customers: [{ uuid, notes: 'n' }] } }),
    delete: (by, { uuid }) => by.delete(`/customers/${uuid}`),
  };

  test.each(Object.keys(writes).map((name, index) => ({ name, index })))(
    'is waited for by mirrors, whichever process does it: $name',
    async ({ name, index }) => {
      const [first] = callers;
      const writer = callers[index % 3 === 0 ? 2 : 1];
      const { uuid } = await create(first);
      const email = uniqueEmail();
      const mirror = new Mirror({ aheadMs: SPARE_MS });
      await mirror.poll(first);
      const takeEmail = `update customers set email_key = '${email}' where uuid = '${uuid}'`;
      await holding(name.includes('create') ? takeEmail : lockOf(uuid), async (release) => {
        const answered = writes[name]?.(writer, { uuid, email });
        const began = await waitingSince();
        // Longer than what a process remembers of its last look.
        while ((await databaseTime()) < began + 1_600) {
          for (const by of callers) expect(await toldBy(by)).toBeLessThanOrEqual(began - MARGIN_MS);
          await mirror.poll(first);
          await create(first);
        }
        await release();
        expect([200, 201]).toContain((await answered)?.status);
      });
      await mirror.poll(first);
      await mirror.expectEqual(first);
    },
  );

  test('is waited for no longer than it takes, and who only reads is not waited for', async () => {
    await holding('select count(*) from customers', async () => {
      const began = await databaseTime();
      await eventually(async () => expect(await toldBy(callers[0])).toBeGreaterThan(began - MARGIN_MS));
    });
  });
});

describe('times of records', () => {
  const writes: Record<string, (by: Caller, uuid: string) => Promise<string | undefined>> = {
    create: async (by) => (await create(by)).updatedAt,
    'bulk create': async (by) => {
      const [result] = (await by.post('/customers/bulk', { customers: [smallCustomer()] })).data.results;
      return result?.success === true ? result.customer.updatedAt : undefined;
    },
    update: async (by, uuid) => {
      return (await by.patch(`/customers/${uuid}`, { notes: uniqueText() })).data.customer.updatedAt;
    },
    contact: async (by, uuid) => {
      await by.post(`/customers/${uuid}/contacts`, { name: uniqueText() });
      return (await by.get(`/customers/${uuid}`)).data.customer.updatedAt;
    },
    upsert: async (by) => {
      return (await by.put(`/customers/by-email/${uniqueEmail()}`, { customer: 'Acme' })).data.customer.updatedAt;
    },
    restore: async (by, uuid) => {
      await by.delete(`/customers/${uuid}`);
      return (await by.post(`/customers/${uuid}/restore`, {})).data.customer.updatedAt;
    },
  };

  /** Expects that a write carries the database's time, give or take what an answer may be on its way. */
  async function expectDatabaseTime(write: () => Promise<string | undefined>): Promise<void> {
    const before = await databaseTime();
    const time = Date.parse((await write()) ?? '');
    expect(time).toBeGreaterThan(before - SPARE_MS);
    expect(time).toBeLessThan((await databaseTime()) + SPARE_MS);
  }

  test.each(Object.keys(writes))('are the database\u2019s, wherever the process thinks it is: %s', async (name) => {
    for (const by of callers) {
      const { uuid } = await create(by);
      await expectDatabaseTime(async () => writes[name]?.(by, uuid));
    }
  });

  test.each(Object.keys(writes))('are right again in the write that finds them wrong: %s', async (name) => {
    const [, by] = callers;
    const { uuid } = await create(by);
    process.kill(behind.pid, 'SIGUSR2');
    await expectDatabaseTime(async () => writes[name]?.(by, uuid));
  });
});
