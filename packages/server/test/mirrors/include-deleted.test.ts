import type { Customer } from '@countersign/contract';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Caller } from '../harness/caller.js';
import { smallCustomer, uniqueEmail, uniqueText } from '../harness/customers.js';
import { startServer, type TestServer } from '../harness/server.js';
import { Mirror } from './mirror.js';

type Query = Readonly<Record<string, string | number>>;

const ORDERS = ['customer', 'email', 'createdAt', 'updatedAt'] as const;
const DIRECTIONS = ['ASC', 'DESC'] as const;

let server: TestServer;
let caller: Caller;
/** Its team has what `beforeAll` stored and nothing else. */
let reader: Caller;
let live: Customer[];
let deleted: Customer[];

beforeAll(async () => {
  server = await startServer();
  const app = await server.createApp();
  [caller, reader] = await Promise.all([server.createCaller({ app }), server.createCaller({ app })]);
  const all: Customer[] = [];
  for (let index = 0; index < 14; index++) all.push(await create(reader, { customer: `Name ${index % 5}` }));
  deleted = all.filter((_, index) => index % 3 === 0);
  live = all.filter((_, index) => index % 3 !== 0);
  for (const { uuid } of deleted) expect((await reader.delete(`/customers/${uuid}`)).status).toBe(200);
});
afterAll(() => server.stop());

async function create(by: Caller, fields: object = {}): Promise<Customer> {
  const answer = await by.post('/customers', smallCustomer(fields));
  expect(answer.status, answer.text).toBe(201);
  return answer.data.customer;
}

async function list(by: Caller, query: Query = {}) {
  const answer = await by.get('/customers', { query });
  expect(answer.status, answer.text).toBe(200);
  return answer.data;
}

async function refusedFields(query: Query): Promise<unknown> {
  const { status, body } = await reader.get('/customers', { query });
  return [status, body.code, body.errors?.map(({ field }) => field)];
}

describe('includeDeleted', () => {
  test('tells of a deleted customer that it is gone and when, and nothing of its contents', async () => {
    const secret = uniqueText('secret');
    const { uuid, email } = await create(caller, { notes: secret });
    await caller.delete(`/customers/${uuid}`);
    const answer = await caller.get('/customers', {
      query: { includeDeleted: 'true', orderBy: 'updatedAt', limit: 100 },
    });
    const record = answer.data.customers.find((found) => found.uuid === uuid);
    const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    expect(record).toEqual({ uuid, id: uuid, deleted: true, deletedAt: time, updatedAt: time, mergedInto: null });
    expect(answer.text).not.toContain(secret);
    expect(answer.text).not.toContain(email);
    expect((await list(caller, { limit: 100 })).customers.map((found) => found.uuid)).not.toContain(uuid);
  });

  test('tells a customer that was restored as it is, and one that was deleted again as gone', async () => {
    const { uuid } = await create(caller);
    const mirror = new Mirror();
    for (let round = 0; round < 2; round++) {
      await caller.delete(`/customers/${uuid}`);
      await mirror.poll(caller);
      expect(mirror.records.get(uuid)).toMatchObject({ deleted: true });
      await caller.post(`/customers/${uuid}/restore`, {});
      await mirror.poll(caller);
      expect(mirror.records.get(uuid)).toEqual((await caller.get(`/customers/${uuid}`)).data.customer);
    }
  });

  test.each(ORDERS.flatMap((orderBy) => DIRECTIONS.map((orderDirection) => ({ orderBy, orderDirection }))))(
    'keeps one total order, by page and by cursor: $orderBy $orderDirection',
    async (order) => {
      for (const since of [{}, { updatedSince: live[0]?.createdAt ?? '' }, { createdSince: '2020-01-01' }]) {
        const query = { ...order, ...since, includeDeleted: 'true', limit: 4 };
        const numbered: string[] = [];
        const walked: string[] = [];
        let cursor: string | null = null;
        for (let page = 1; page <= 4; page++) {
          const data = await list(reader, { ...query, page });
          expect(data.pagination).toMatchObject({ total: 14, totalPages: 4, hasMore: page < 4 });
          numbered.push(...data.customers.map(({ uuid }) => uuid));
          const walk = await list(reader, cursor === null ? query : { ...query, cursor });
          walked.push(...walk.customers.map(({ uuid }) => uuid));
          cursor = walk.pagination.nextCursor;
        }
        expect(cursor).toBeNull();
        expect(walked).toEqual(numbered);
        expect([...walked].sort()).toEqual([...live, ...deleted].map(({ uuid }) => uuid).sort());
        const others = (await list(reader, { ...order, ...since, limit: 100 })).customers.map(({ uuid }) => uuid);
        expect(walked.filter((uuid) => others.includes(uuid))).toEqual(others);
      }
    },
  );

  test('is off unless it is true, and a cursor goes on as it began', async () => {
    for (const query of [{}, { includeDeleted: 'false' }]) {
      expect((await list(reader, { ...query, limit: 100 })).pagination.total).toBe(live.length);
    }
    const { nextCursor } = (await list(reader, { includeDeleted: 'true', limit: 4 })).pagination;
    const cursor = nextCursor ?? '';
    expect((await list(reader, { cursor, limit: 4 })).pagination.total).toBe(14);
    expect(await refusedFields({ cursor, includeDeleted: 'false' })).toEqual([400, 'invalid_query', ['cursor']]);
  });

  test.each(['TRUE', '1', 'yes', ''])('is nothing but true or false: "%s"', async (includeDeleted) => {
    expect(await refusedFields({ includeDeleted })).toEqual([400, 'invalid_query', ['includeDeleted']]);
  });

  test('does not go with a search', async () => {
    const query = { includeDeleted: 'true', search: 'name' };
    expect(await refusedFields(query)).toEqual([400, 'invalid_query', ['includeDeleted']]);
    const { nextCursor } = (await list(reader, { includeDeleted: 'true', limit: 1 })).pagination;
    const walked = { cursor: nextCursor ?? '', search: 'name' };
    expect(await refusedFields(walked)).toEqual([400, 'invalid_query', ['includeDeleted']]);
    expect((await list(reader, { includeDeleted: 'true', search: '' })).pagination.total).toBe(14);
    expect((await list(reader, { includeDeleted: 'false', search: 'name' })).pagination.total).toBe(live.length);
  });

  test('tells of deleted ones whatever the status asked for, and of the times asked for', async () => {
    const inactive = await list(reader, { includeDeleted: 'true', status: 'inactive', limit: 100 });
    expect(inactive.customers.map(({ uuid }) => uuid).sort()).toEqual(deleted.map(({ uuid }) => uuid).sort());
    expect(inactive.pagination.total).toBe(deleted.length);
    const since = live.at(-1)?.createdAt ?? '';
    const changed = await list(reader, { includeDeleted: 'true', updatedSince: since, limit: 100 });
    expect(changed.customers.map(({ uuid }) => uuid)).toEqual(expect.arrayContaining(deleted.map(({ uuid }) => uuid)));
    const made = await list(reader, { includeDeleted: 'true', createdSince: since, limit: 100 });
    expect(made.pagination.total).toBeLessThan(changed.pagination.total);
  });

  test('shows no team what another deleted, and needs the scope of reading', async () => {
    const { customers } = await list(caller, { includeDeleted: 'true', limit: 100 });
    const theirs = new Set(deleted.map(({ uuid }) => uuid));
    expect(customers.filter(({ uuid }) => theirs.has(uuid))).toEqual([]);
    const writer = await server.createCaller({ team: reader.team, scopes: ['customers:write'] });
    expect((await writer.get('/customers', { query: { includeDeleted: 'true' } })).status).toBe(403);
  });
});

describe('updatedUntil', () => {
  test('is on every page that a cursor leads to what the first page told', async () => {
    const first = await list(reader, { limit: 4 });
    const { updatedUntil } = first.pagination;
    const mirror = new Mirror({ limit: 3, orderBy: 'email' });
    // The mirror expects it of its walk; records change between its pages.
    await mirror.poll(reader, () => create(caller));
    expect(Date.parse(mirror.since ?? '')).toBeGreaterThanOrEqual(Date.parse(updatedUntil));
    expect(Date.parse(updatedUntil)).toBeLessThan(Date.parse((await create(caller)).createdAt));
  });

  test('of a page that was asked for by number promises nothing more than the question', async () => {
    const updatedSince = '2024-02-03T04:05:06.789Z';
    expect((await list(reader, { page: 2, limit: 4 })).pagination.updatedUntil).toBe('1970-01-01T00:00:00.000Z');
    const page = await list(reader, { page: 2, limit: 4, updatedSince });
    expect(page.pagination.updatedUntil).toBe(updatedSince);
    const cursor = page.pagination.nextCursor ?? '';
    expect((await list(reader, { cursor, limit: 4 })).pagination.updatedUntil).toBe(updatedSince);
    expect((await list(reader, { page: 2, updatedSince: '1901-01-01' })).pagination.updatedUntil).toBe(
      '1970-01-01T00:00:00.000Z',
    );
  });

  test('begins anew for who was told of a time that has not come: the clock was set back', async () => {
    const { pagination } = await list(reader, { updatedSince: '2999-01-01' });
    expect(pagination.updatedUntil).toBe('1970-01-01T00:00:00.000Z');
  });
});

/** One step of a run: a write on one of a few customers, or a round of the mirror. */
type Step = { readonly kind: (typeof KINDS)[number]; readonly target: number };
const KINDS = ['create', 'rename', 'delete', 'restore', 'contact', 'upsert', 'poll'] as const;

async function take({ kind, target }: Step, { made, mirror }: { made: string[]; mirror: Mirror }): Promise<void> {
  const uuid = made[target % Math.max(1, made.length)];
  if (kind === 'poll') return mirror.poll(caller);
  if (kind === 'create') return void made.push((await create(caller)).uuid);
  if (kind === 'upsert') {
    const { data } = await caller.put(`/customers/by-email/${uniqueEmail()}`, { customer: uniqueText() });
    return void made.push(data.customer.uuid);
  }
  if (uuid === undefined) return;
  if (kind === 'rename') await caller.patch(`/customers/${uuid}`, { customer: uniqueText() });
  if (kind === 'delete') await caller.delete(`/customers/${uuid}`);
  if (kind === 'restore') await caller.post(`/customers/${uuid}/restore`, {});
  if (kind === 'contact') await caller.post(`/customers/${uuid}/contacts`, { name: uniqueText() });
}

test('a copy that is kept by the protocol equals the truth after any changes', async () => {
  const steps = fc.array(fc.record({ kind: fc.constantFrom(...KINDS), target: fc.nat(20) }), { maxLength: 25 });
  const options = fc.record({ limit: fc.integer({ min: 2, max: 20 }), orderBy: fc.constantFrom(...ORDERS) });
  await fc.assert(
    fc.asyncProperty(steps, options, async (run, asked) => {
      const mirror = new Mirror(asked);
      const made: string[] = [];
      for (const step of run) await take(step, { made, mirror });
      await mirror.poll(caller);
      await mirror.expectEqual(caller);
    }),
    { numRuns: 12 },
  );
});
