import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Caller } from '../harness/caller.js';
import { smallCustomer, uniqueEmail, uniqueText } from '../harness/customers.js';
import { startServer, type TestServer } from '../harness/server.js';

const NOBODY = '00000000-0000-4000-8000-000000000000';

let server: TestServer;
let caller: Caller;

beforeAll(async () => {
  server = await startServer();
  caller = await server.createCaller();
});
afterAll(() => server.stop());

async function created(fields: object = {}) {
  return (await caller.post('/customers', smallCustomer(fields))).data.customer;
}
const read = async (uuid: string) => (await caller.get(`/customers/${uuid}`)).data.customer;
const total = async (search: string) => (await caller.get('/customers', { query: { search } })).data.pagination.total;

describe.each(['POST', 'PATCH'])('the envelope of a bulk %s', (method) => {
  const bulk = (body: unknown) => caller.send(method, '/customers/bulk', { body });

  test.each([
    ['absent rows', {}, 'customers required'],
    ['null', { customers: null }, 'customers invalid_type'],
    ['an object', { customers: {} }, 'customers invalid_type'],
    ['no rows', { customers: [] }, 'customers empty'],
    ['101 rows', { customers: Array(101).fill({}) }, 'customers too_many_items'],
    ['an unknown mode', { customers: [{}], mode: 'all' }, 'mode invalid_value'],
    ['a mode of a wrong type', { customers: [{}], mode: true }, 'mode invalid_value'],
  ])('is refused with %s', async (_, body, fault) => {
    const answer = await bulk(body);
    expect([answer.status, answer.body.code]).toEqual([400, 'validation_error']);
    expect(answer.body.errors?.map(({ field, code }) => `${field} ${code}`)).toEqual([fault]);
  });

  test('must be an object', async () => {
    expect((await bulk([smallCustomer()])).body.code).toBe('invalid_json');
  });
});

describe('bulk create', () => {
  const bulk = (customers: readonly unknown[], more: object = {}) =>
    caller.post('/customers/bulk', { customers, ...more });

  test('stores 100 rows and answers them in their order', async () => {
    const rows = Array.from({ length: 100 }, (_, index) => smallCustomer({ customer: `Row ${index}` }));
    const answer = await bulk(rows);
    expect(answer.status).toBe(201);
    expect(answer.data).toMatchObject({ successCount: 100, errorCount: 0 });
    expect(answer.data.results.map((result) => result.success && [result.index, result.customer.customer])).toEqual(
      rows.map((row, index) => [index, row.customer]),
    );
    const [first] = answer.data.results;
    if (first?.success !== true) throw new Error('the first row was not stored');
    expect(await read(first.customer.uuid)).toEqual(first.customer);
  });

  test('refuses rows one by one, each with its reasons, and stores the others', async () => {
    const holder = await created({ externalId: uniqueText() });
    const [first, last] = [smallCustomer(), smallCustomer()];
    const answer = await bulk([
      first,
      { customer: ' ', email: 'x', contacts: [{ email: 'y' }] },
      smallCustomer({ email: holder.email.toUpperCase() }),
      smallCustomer({ externalId: holder.externalId }),
      smallCustomer({ email: first.email }),
      'a text',
      null,
      last,
    ]);
    expect(answer.status).toBe(201);
    expect(answer.data).toMatchObject({ successCount: 2, errorCount: 6 });
    expect(answer.data.results).toMatchObject([
      { index: 0, success: true, customer: { ...first, version: 1 } },
      { index: 1, success: false, code: 'validation_error' },
      { index: 2, success: false, code: 'email_already_exists', details: { existingCustomerUuid: holder.uuid } },
      { index: 3, success: false, code: 'external_id_already_exists' },
      { index: 4, success: false, code: 'email_already_exists' },
      { index: 5, success: false, code: 'validation_error' },
      { index: 6, success: false, code: 'validation_error' },
      { index: 7, success: true, customer: last },
    ]);
    for (const result of answer.data.results) if (!result.success) expect(result.error).toMatch(/\S/);
    const bad = answer.data.results[1];
    expect(bad?.success === false && bad.errors?.map(({ field }) => field)).toEqual([
      'customer',
      'email',
      'contacts[0].email',
    ]);
  });

  test('of which every row fails is still answered row by row', async () => {
    const answer = await bulk([{}, {}]);
    expect(answer.status).toBe(201);
    expect(answer.data).toMatchObject({ successCount: 0, errorCount: 2 });
  });

  test('names fields that were not used with their row', async () => {
    const answer = await bulk([smallCustomer(), smallCustomer({ nick: 'x', billingAddress: { planet: 1 } })], {
      extra: 1,
    });
    expect(answer.data._partnerWarnings?.map(({ field }) => field)).toEqual([
      'extra',
      'customers[1].nick',
      'customers[1].billingAddress.planet',
    ]);
  });

  test('in atomic mode stores all rows when all are good', async () => {
    const answer = await bulk([smallCustomer(), smallCustomer()], { mode: 'atomic' });
    expect([answer.status, answer.data.successCount]).toEqual([201, 2]);
  });

  test('in atomic mode stores nothing when one row is bad, and names every fault of every row', async () => {
    const mark = uniqueText();
    const good = smallCustomer({ customer: mark });
    const holder = await created();
    const answer = await bulk(
      [
        good,
        smallCustomer({ customer: mark, email: 'x', contacts: [{ name: 'A' }, { phone: 5 }] }),
        smallCustomer({ customer: mark, email: holder.email }),
        smallCustomer({ customer: mark, email: good.email }),
        7,
        smallCustomer({ customer: mark }),
      ],
      { mode: 'atomic' },
    );
    expect([answer.status, answer.body.code]).toEqual([400, 'validation_error']);
    expect(answer.body.errors?.map(({ field, code }) => `${field} ${code}`)).toEqual([
      'customers[1].email invalid_email',
      'customers[1].contacts[1].phone invalid_type',
      'customers[2].email email_already_exists',
      'customers[3].email email_already_exists',
      'customers[4] invalid_type',
    ]);
    expect(answer.body.errors?.[0]?.message).toBe('customers[1].email must be a valid email address.');
    expect(await total(mark)).toBe(0);
    expect((await caller.post('/customers', good)).status).toBe(201);
  });

  test('takes the mode partial by name', async () => {
    const answer = await bulk([smallCustomer(), {}], { mode: 'partial' });
    expect([answer.status, answer.data.errorCount]).toEqual([201, 1]);
  });
});

describe('bulk update', () => {
  const bulk = (customers: readonly unknown[], more: object = {}) =>
    caller.patch('/customers/bulk', { customers, ...more });

  test('changes each row in part', async () => {
    const [a, b] = [await created({ notes: 'keep', mainPhone: '1' }), await created({ notes: 'drop' })];
    const answer = await bulk([
      { uuid: a.uuid.toUpperCase(), mainPhone: '2' },
      { uuid: b.uuid, notes: null, contacts: [] },
    ]);
    expect(answer.status).toBe(201);
    expect(answer.data).toMatchObject({ successCount: 2, errorCount: 0 });
    expect(await read(a.uuid)).toMatchObject({ notes: 'keep', mainPhone: '2', version: 2 });
    expect(await read(b.uuid)).toMatchObject({ notes: null, version: 2 });
    expect(answer.data._partnerWarnings).toMatchObject([
      { field: 'customers[1].contacts', reason: 'use_contacts_routes' },
    ]);
  });

  test('refuses rows one by one and changes the others', async () => {
    const [a, b] = [await created(), await created()];
    const answer = await bulk([
      { uuid: a.uuid, notes: 'new' },
      { notes: 'x' },
      { uuid: 'nobody', notes: 5 },
      { uuid: NOBODY, notes: 'x' },
      { uuid: b.uuid, email: a.email },
      { uuid: b.uuid, customer: '' },
    ]);
    expect(answer.status).toBe(201);
    expect(answer.data.results).toMatchObject([
      { success: true, customer: { notes: 'new', version: 2 } },
      { success: false, errors: [{ field: 'uuid', code: 'required' }] },
      { success: false, errors: [{ field: 'uuid', code: 'invalid_uuid' }, { field: 'notes' }] },
      { success: false, code: 'customer_not_found' },
      { success: false, code: 'email_already_exists' },
      { success: false, errors: [{ field: 'customer', code: 'empty' }] },
    ]);
    expect(await read(b.uuid)).toEqual(b);
  });

  test('may name a customer twice: the rows are done in order', async () => {
    const { uuid } = await created();
    await bulk([
      { uuid, notes: 'one', taxNumber: 't' },
      { uuid, notes: 'two' },
    ]);
    expect(await read(uuid)).toMatchObject({ notes: 'two', taxNumber: 't', version: 3 });
  });

  test('may hand an email from one row to the next', async () => {
    const [a, b] = [await created(), await created()];
    const answer = await bulk([
      { uuid: a.uuid, email: uniqueEmail() },
      { uuid: b.uuid, email: a.email },
    ]);
    expect(answer.data.successCount).toBe(2);
    expect((await read(b.uuid)).email).toBe(a.email);
  });

  test('in atomic mode changes nothing when one row is bad', async () => {
    const [a, b] = [await created(), await created()];
    const answer = await bulk(
      [
        { uuid: a.uuid, notes: 'x' },
        { uuid: NOBODY },
        { uuid: b.uuid, email: a.email },
        { uuid: b.uuid, notes: 5 },
        { uuid: 'x' },
      ],
      { mode: 'atomic' },
    );
    expect(answer.status).toBe(400);
    expect(answer.body.errors?.map(({ field, code }) => `${field} ${code}`)).toEqual([
      'customers[1].uuid customer_not_found',
      'customers[2].email email_already_exists',
      'customers[3].notes invalid_type',
      'customers[4].uuid invalid_uuid',
    ]);
    expect([await read(a.uuid), await read(b.uuid)]).toEqual([a, b]);
  });
});

test('a row that is no object is named in the error of an atomic call', async () => {
  const answer = await caller.post('/customers/bulk', { mode: 'atomic', customers: [5] });
  expect(answer.body.errors).toEqual([
    { field: 'customers[0]', code: 'invalid_type', message: 'customers[0]: The row must be an object.' },
  ]);
});

test('thousands of unknown fields get a hundred warnings, and one that counts the others', async () => {
  const unknown = Object.fromEntries(Array.from({ length: 5_000 }, (_, index) => [`x${index}`, 1]));
  const answer = await caller.post('/customers/bulk', { ...unknown, customers: [smallCustomer(unknown)] });
  const warnings = answer.data._partnerWarnings ?? [];
  expect([answer.status, warnings.length]).toEqual([201, 101]);
  expect(warnings.at(-1)).toEqual({ field: '', reason: 'unknown_field', message: '9900 more fields were ignored.' });
});
