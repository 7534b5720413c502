import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Caller } from '../harness/caller.js';
import { smallCustomer, uniqueEmail, uniqueText } from '../harness/customers.js';
import { startServer, type TestServer } from '../harness/server.js';

let server: TestServer;
let caller: Caller;

beforeAll(async () => {
  server = await startServer();
  caller = await server.createCaller();
});
afterAll(() => server.stop());

const upsert = (by: string, customers: object[], more: object = {}) =>
  caller.put('/customers/bulk', { by, customers, ...more });
const total = async () => (await caller.get('/customers')).data.pagination.total;

describe('a bulk create-or-update', () => {
  test('makes what is new, changes what is there, and says which', async () => {
    const [kept, changed] = [smallCustomer({ externalId: uniqueText() }), smallCustomer({ externalId: uniqueText() })];
    for (const row of [kept, changed]) await caller.post('/customers', row);
    const fresh = smallCustomer({ externalId: uniqueText(), contacts: [{ name: 'A' }] });
    const { externalId } = changed;
    const answer = await upsert('externalId', [kept, fresh, { externalId, notes: 'new' }]);
    expect(answer.status).toBe(201);
    expect(answer.data).toMatchObject({ successCount: 3, errorCount: 0 });
    const rows = answer.data.results.map((row) => (row.success ? [row.outcome, row.customer.version] : row));
    expect(rows).toEqual([
      ['unchanged', 1],
      ['created', 1],
      ['updated', 2],
    ]);
    const found = await caller.get('/customers/find-by-email', { query: { email: fresh.email } });
    expect(found.data.customer.contacts).toMatchObject([{ name: 'A' }]);
  });

  test('by email finds whoever has it in any spelling, and leaves contacts as they are', async () => {
    const stored = await caller.post('/customers', smallCustomer({ contacts: [{ name: 'A' }] }));
    const { email, contacts } = stored.data.customer;
    const answer = await upsert('email', [{ email: email.toUpperCase(), notes: 'x', contacts: [] }]);
    expect(answer.data.results).toMatchObject([{ outcome: 'updated', customer: { notes: 'x', contacts } }]);
  });

  test('of one key twice makes one customer', async () => {
    const row = smallCustomer();
    const { data } = await upsert('email', [row, { ...row, notes: 'later' }]);
    expect(data.results).toMatchObject([
      { outcome: 'created', customer: { version: 1 } },
      { outcome: 'updated', customer: { version: 2, notes: 'later' } },
    ]);
  });

  test('of one key in two requests at once makes one customer', async () => {
    const rows = Array.from({ length: 20 }, () => smallCustomer());
    const answers = await Promise.all([upsert('email', rows), upsert('email', [...rows].reverse())]);
    const outcomes = answers.flatMap(({ data }) => data.results.map((row) => (row.success ? row.outcome : row)));
    expect(outcomes.filter((outcome) => outcome === 'created')).toHaveLength(20);
    expect(outcomes.filter((outcome) => outcome === 'unchanged')).toHaveLength(20);
  });

  test('refuses rows by themselves: without key, without what a new one needs, with a key of another', async () => {
    const taken = smallCustomer();
    await caller.post('/customers', taken);
    const externalId = uniqueText();
    const { data } = await upsert('externalId', [
      smallCustomer(),
      { externalId, customer: 'A' },
      { externalId, customer: 'A', email: taken.email },
      { externalId, customer: 7, email: 'x' },
      smallCustomer({ externalId, fax: '1' }),
    ]);

    expect(data.results).toMatchObject([
      { code: 'validation_error', errors: [{ field: 'externalId', code: 'required' }] },
      { code: 'validation_error', errors: [{ field: 'email', code: 'required' }] },
      { code: 'email_already_exists' },
      { code: 'validation_error', errors: [{ field: 'customer' }, { field: 'email' }] },
      { outcome: 'created' },
    ]);
    expect(data._partnerWarnings).toMatchObject([{ field: 'customers[4].fax', reason: 'unknown_field' }]);
  });

  test('needs an envelope that says by what', async () => {
    const refused = await upsert('name', [smallCustomer()], { dryRun: 'yes' });
    expect(refused.body).toMatchObject({ code: 'validation_error', errors: [{ field: 'dryRun' }, { field: 'by' }] });
    const absent = await caller.put('/customers/bulk', { customers: [] });
    expect(absent.body.errors?.map(({ field, code }) => `${field} ${code}`)).toEqual([
      'customers empty',
      'by required',
    ]);
  });

  test('in atomic mode is all or none', async () => {
    const before = await total();
    const refused = await upsert('email', [smallCustomer(), { email: uniqueEmail() }], { mode: 'atomic' });
    expect(refused.body).toMatchObject({ code: 'validation_error', errors: [{ field: 'customers[1].customer' }] });
    expect(await total()).toBe(before);
  });
});

describe('a dry run', () => {
  test.each(['post', 'patch', 'put'] as const)('of %s answers as if, and writes nothing', async (method) => {
    const { uuid, email } = (await caller.post('/customers', smallCustomer())).data.customer;
    const taken = (await caller.post('/customers', smallCustomer())).data.customer;
    const before = await total();
    const customers = {
      post: [smallCustomer(), { customer: 'A', email: taken.email }],
      patch: [
        { uuid, notes: 'x' },
        { uuid, email: taken.email },
      ],
      put: [{ email, notes: 'x' }, { email: uniqueEmail() }],
    }[method];
    const { status, data } = await caller[method]('/customers/bulk', { by: 'email', dryRun: true, customers });
    expect(status).toBe(201);
    expect(data).toMatchObject({ dryRun: true, successCount: 1, errorCount: 1 });
    expect(data.results.map(({ success }) => success)).toEqual([true, false]);
    expect(await total()).toBe(before);
    expect((await caller.get(`/customers/${uuid}`)).data.customer).toMatchObject({ version: 1, notes: null });
  });

  test('can be followed by the same request for real at once', async () => {
    const customers = [smallCustomer()];
    await caller.post('/customers/bulk', { dryRun: true, customers });
    expect((await caller.post('/customers/bulk', { customers })).data).toMatchObject({ successCount: 1 });
  });
});
