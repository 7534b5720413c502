import type { Customer } from '@countersign/contract';
import { applyMapping, bindMapping, openTable, suggestMapping } from '@countersign/tabular';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import type { Caller } from '../harness/caller.js';
import { smallCustomer, uniqueText } from '../harness/customers.js';
import { startServer, type TestServer } from '../harness/server.js';
import { headersOf } from '../harness/signed-request.js';

let server: TestServer;
let caller: Caller;

beforeAll(async () => {
  server = await startServer();
  caller = await server.createCaller();
});
afterAll(() => server.stop());

const linesOf = (text: string): Customer[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line): Customer => JSON.parse(line));

/** A team's customers without what the server makes. */
async function contentsOf(by: Caller): Promise<unknown[]> {
  const customers = linesOf((await exported({ format: 'jsonl' }, by)).text);
  // Of those that were made in one write, any may come first.
  customers.sort((one, other) => (one.email < other.email ? -1 : 1));
  return customers.map(({ uuid, id, createdAt, updatedAt, version, contacts, ...fields }) => ({
    ...fields,
    contacts: contacts.map(({ uuid: _, ...contact }) => contact),
  }));
}

const exported = async (query: Record<string, string>, by = caller) => by.get('/customers/export', { query });

async function fill(by: Caller, count: number, fields: object = {}): Promise<void> {
  for (let start = 0; start < count; start += 100) {
    const customers = Array.from({ length: Math.min(100, count - start) }, () => smallCustomer(fields));
    const { data } = await by.post('/customers/bulk', { customers });
    expect(data.errorCount).toBe(0);
  }
}

/** Begins an export and gives the answer with its body unread. */
async function begin(by: Caller, query = 'format=jsonl'): Promise<Response> {
  const target = '/partners/customers/export';
  const { app, accessToken, url } = by;
  const timestamp = String(Date.now() + Math.floor(Math.random() * 1_000));
  const headers = headersOf({ method: 'GET', target, app, accessToken, timestamp });
  return fetch(`${url}${target}?${query}`, { headers });
}

test('an export has every customer of the team, as it is answered, in the order in which they were made', async () => {
  const names = ['Zoë Größe GmbH', 'أحمد وشركاه', '🦓 & "quotes"', 'two\nlines', '=1+1'];
  for (const customer of names)
    await caller.post('/customers', smallCustomer({ customer, metadata: { zip: '01234' } }));
  const gone = (await caller.post('/customers', smallCustomer())).data.customer;
  await caller.delete(`/customers/${gone.uuid}`);
  await fill(await server.createCaller(), 1);
  const answer = await exported({ format: 'jsonl' });
  expect(answer.status).toBe(200);
  expect(answer.headers.get('content-type')).toBe('application/x-ndjson; charset=utf-8');
  expect(answer.headers.get('content-disposition')).toMatch(
    /^attachment; filename="customers-\d{4}-\d\d-\d\d\.jsonl"$/,
  );
  const customers = linesOf(answer.text);
  expect(customers.map(({ customer }) => customer)).toEqual(names);
  for (const customer of customers) {
    expect((await caller.get(`/customers/${customer.uuid}`)).data.customer).toEqual(customer);
  }
});

test.each([{ format: 'csv' }, { format: 'csv', flat: 'true' }, { format: 'jsonl' }])(
  'what %j writes is read as what was stored',
  async (query) => {
    const by = await server.createCaller();
    const contacts = Array.from({ length: 100 }, (_, index) => ({ firstName: `Ann ${index}`, phone: `0${index}` }));
    const metadata = Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`key ${index}`, `=v\n${index}`]));
    await by.post('/customers', smallCustomer({ customer: 'Ünï\r\nקפה', contacts, metadata, mainPhone: '+49 30' }));
    await by.post(
      '/customers',
      smallCustomer({ externalId: '00012', notes: "'=1+1", taxes: [7.5], taxExcluded: false }),
    );
    const answer = await exported(query, by);
    const table = await openTable(new Blob([answer.text]), { name: 'export' });
    const bound = bindMapping(suggestMapping(table.header, table.sample), table.header);
    const read = [];
    for await (const row of table) {
      const { input, problems } = applyMapping(bound, row);
      expect(problems).toEqual([]);
      read.push(input);
    }
    const other = await server.createCaller();
    const { data } = await other.put('/customers/bulk', { by: 'email', customers: read });
    expect(data).toMatchObject({ successCount: 2, errorCount: 0 });
    expect(await contentsOf(other)).toEqual(await contentsOf(by));
  },
);

test('the filters of the list choose', async () => {
  const by = await server.createCaller();
  await fill(by, 2);
  const name = uniqueText('Müller ');
  const { customer } = (await by.post('/customers', smallCustomer({ customer: name, status: 'inactive' }))).data;
  const found = async (query: Record<string, string>) =>
    linesOf((await exported({ format: 'jsonl', ...query }, by)).text).map(({ uuid }) => uuid);
  expect(await found({ search: name.toUpperCase().replace('Ü', 'u') })).toEqual([customer.uuid]);
  expect(await found({ status: 'inactive' })).toEqual([customer.uuid]);
  expect(await found({ createdSince: customer.createdAt })).toContain(customer.uuid);
  expect(await found({ updatedSince: '2999-01-01T00:00:00Z' })).toEqual([]);
  const none = await exported({ format: 'csv', updatedSince: '2999-01-01T00:00:00Z' }, by);
  expect(none.text).toMatch(/^uuid,customer,email,[^\n]*\r\n$/);
});

describe('a question that cannot be meant', () => {
  test.each([{ format: 'xlsx' }, { format: 'jsonl', flat: 'true' }, { createdSince: 'yesterday' }])(
    '%j is refused before anything is sent',
    async (query) => {
      const answer = await exported(query as Record<string, string>);
      expect([answer.status, answer.body.code]).toEqual([400, 'invalid_query']);
      expect(answer.headers.get('content-disposition')).toBeNull();
    },
  );

  test('a token without customers:read gets none', async () => {
    const by = await server.createCaller({ scopes: ['customers:write'] });
    expect((await exported({}, by)).body.code).toBe('insufficient_scope');
  });
});

test('an export under writes is one snapshot', async () => {
  const by = await server.createCaller();
  await fill(by, 3_000, { notes: 'n'.repeat(2_000) });
  const answer = await begin(by);
  // What changes while most of it has not been read is not in it.
  const { customers } = (await by.get('/customers', { query: { orderBy: 'createdAt', orderDirection: 'DESC' } })).data;
  for (const { uuid } of customers) await by.patch(`/customers/${uuid}`, { notes: 'changed' });
  await fill(by, 100);
  const read = linesOf(await answer.text());
  expect(read.length).toBe(3_000);
  expect(read.filter(({ notes }) => notes === 'changed')).toEqual([]);
  expect(linesOf((await exported({ format: 'jsonl' }, by)).text).length).toBe(3_100);
});

test('a third export of an app at once is told to wait, and clients that leave make room', async () => {
  const by = await server.createCaller({ app: await server.createApp() });
  await fill(by, 3_000, { notes: 'ü'.repeat(5_000) });
  const [first, second] = [await begin(by), await begin(by)];
  const third = await exported({ format: 'jsonl' }, by);
  expect([third.status, third.body.code]).toEqual([503, 'unavailable']);
  expect(third.headers.get('retry-after')).toBe('10');
  await first?.body?.cancel();
  await second?.body?.cancel();
  await expect.poll(async () => (await exported({ format: 'jsonl', status: 'inactive' }, by)).status).toBe(200);
});

test('an erasure does not wait for an export, whose connection is cut', async () => {
  const by = await server.createCaller();
  const { customer } = (await by.post('/customers', smallCustomer())).data;
  await fill(by, 3_000, { notes: 'ü'.repeat(5_000) });
  const answer = await begin(by);
  expect((await by.post(`/customers/${customer.uuid}/erase`, {})).status).toBe(200);
  if (inject('engine') === 'sqlite') await expect(answer.text()).rejects.toThrow();
  else await answer.body?.cancel();
});
