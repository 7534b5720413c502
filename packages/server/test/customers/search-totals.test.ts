import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Caller } from '../harness/caller.js';
import { smallCustomer, uniqueText } from '../harness/customers.js';
import { startServer, type TestServer } from '../harness/server.js';

/** The most that a search counts. */
const COUNTED = 10_000;
/** Customers with the mark in their names. */
const MATCHING = 10_007;
const ROWS = 100;

let server: TestServer;
let caller: Caller;
const mark = uniqueText();

beforeAll(async () => {
  server = await startServer();
  caller = await server.createCaller();
  const numbers = Array.from({ length: MATCHING }, (_, number) => number);
  const batches = Array.from({ length: Math.ceil(MATCHING / ROWS) }, (_, batch) =>
    numbers.slice(batch * ROWS, (batch + 1) * ROWS),
  );
  while (batches.length > 0) await Promise.all(batches.splice(0, 8).map(storeBatch));
});
afterAll(() => server.stop());

/** Every hundredth has a mark that not all have, and the last seven are inactive. */
async function storeBatch(numbers: readonly number[]): Promise<void> {
  const customers = numbers.map((number) =>
    smallCustomer({
      customer: `${mark} ${String(number).padStart(5, '0')}${number % 100 === 0 ? ' hundredth' : ''}`,
      status: number < COUNTED ? ('active' as const) : ('inactive' as const),
    }),
  );
  const { data } = await caller.post('/customers/bulk', { customers });
  expect(data.successCount).toBe(customers.length);
}

const find = async (query: Readonly<Record<string, string | number>>) => {
  const answer = await caller.get('/customers', { query });
  expect(answer.status).toBe(200);
  return answer.data;
};

describe('a search with more matches than are counted', () => {
  test.each([
    { search: mark },
    { search: mark, orderBy: 'updatedAt' },
    { search: mark.slice(0, 2) },
    { search: 'a' },
    { search: mark, createdSince: '2020-01-01' },
  ])('says so: %j', async (query) => {
    const { pagination } = await find({ limit: 100, ...query });
    expect(pagination).toMatchObject({ total: COUNTED, totalIsExact: false, totalPages: COUNTED / 100, hasMore: true });
  });

  test('has pages and cursors beyond what is counted', async () => {
    const { customers, pagination } = await find({ search: mark, limit: 100, page: 101 });
    expect(customers.map(({ customer }) => customer.slice(mark.length + 1))).toEqual([
      '10000 hundredth',
      '10001',
      '10002',
      '10003',
      '10004',
      '10005',
      '10006',
    ]);
    expect(pagination).toMatchObject({ page: 101, total: COUNTED, totalIsExact: false, hasMore: false });
    const before = await find({ search: mark, limit: 100, page: 100 });
    const next = await find({ search: mark, limit: 100, cursor: before.pagination.nextCursor ?? '' });
    expect(next.customers).toEqual(customers);
  });
});

test('with exactly as many as are counted, and with fewer, its total is exact', async () => {
  expect((await find({ search: mark, status: 'active' })).pagination).toMatchObject({
    total: COUNTED,
    totalIsExact: true,
  });
  for (const [search, total] of [
    ['hundredth', 101],
    [`${mark} 000`, 100],
    [`${mark} nobody`, 0],
  ] as const) {
    expect((await find({ search })).pagination).toMatchObject({ total, totalIsExact: true });
  }
});

test('a list that searches nothing counts all', async () => {
  expect((await find({})).pagination).toMatchObject({ total: MATCHING, totalIsExact: true });
  expect((await find({ createdSince: '2020-01-01' })).pagination).toMatchObject({
    total: MATCHING,
    totalIsExact: true,
  });
});
