import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Caller, WireAnswer } from '../harness/caller.js';
import { smallCustomer, uniqueEmail, uniqueText } from '../harness/customers.js';
import { startServer, type TestServer } from '../harness/server.js';

const KIBIBYTE = 1024;

let server: TestServer;
let caller: Caller;

beforeAll(async () => {
  server = await startServer();
  caller = await server.createCaller();
});
afterAll(() => server.stop());

/** Metadata of about so many KiB; a letter has three bytes. */
function metadata(kibibytes: number): Record<string, string> {
  const count = Math.floor((kibibytes * KIBIBYTE) / 1_500);
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, '語'.repeat(495)]));
}

function faultsOf({ status, body }: WireAnswer): readonly string[] {
  expect([status, body.code]).toEqual([400, 'validation_error']);
  return (body.errors ?? []).map(({ field, code }) => `${field} ${code}`);
}

const bytesOf = (value: unknown) => Buffer.byteLength(JSON.stringify(value));

async function created(fields: object = {}) {
  const { status, data } = await caller.post('/customers', smallCustomer(fields));
  expect(status).toBe(201);
  return data.customer;
}

describe('a customer of more than 64 KiB as JSON', () => {
  test('is not made, and the field that takes most of it is named', async () => {
    const input = smallCustomer({ metadata: metadata(64), notes: 'n'.repeat(4_000) });
    const answer = await caller.post('/customers', input);
    expect(faultsOf(answer)).toEqual(['metadata too_large']);
    expect(answer.body.message).toContain('at most 64 KiB');
    const found = await caller.get('/customers/find-by-email', { query: { email: input.email } });
    expect(found.status).toBe(404);
  });

  test('is made up to there', async () => {
    const customer = await created({ metadata: metadata(60), notes: 'n'.repeat(2_000) });
    expect(bytesOf(customer)).toBeGreaterThan(60 * KIBIBYTE);
    expect((await caller.get(`/customers/${customer.uuid}`)).data.customer).toEqual(customer);
  });

  test('does not come of an update, a contact or an upsert either, and nothing is changed', async () => {
    const externalId = uniqueText('ext-');
    const customer = await created({ metadata: metadata(61), externalId });
    const path = `/customers/${customer.uuid}`;
    const notes = 'n'.repeat(5_000);
    const contact = Object.fromEntries(['firstName', 'lastName', 'name'].map((name) => [name, '語'.repeat(255)]));
    expect(faultsOf(await caller.patch(path, { notes }))).toEqual(['metadata too_large']);
    expect(faultsOf(await caller.put(`/customers/by-external-id/${externalId}`, { notes }))).toHaveLength(1);
    const statuses: number[] = [];
    for (let count = 0; count < 3; count++) statuses.push((await caller.post(`${path}/contacts`, contact)).status);
    expect(statuses).toEqual([201, 400, 400]);
    const { data } = await caller.get(path);
    expect(bytesOf(data.customer)).toBeLessThanOrEqual(64 * KIBIBYTE);
    expect(data.customer).toMatchObject({ notes: null, version: 2 });
  });

  test('is one row of a bulk call, and harms no other', async () => {
    const large = { ...smallCustomer(), metadata: metadata(66) };
    const answer = await caller.post('/customers/bulk', { customers: [smallCustomer(), large, smallCustomer()] });
    expect([answer.status, answer.data.successCount]).toEqual([201, 2]);
    expect(answer.data.results[1]).toMatchObject({
      success: false,
      errors: [{ field: 'metadata', code: 'too_large' }],
    });
    const { uuid } = await created({ metadata: metadata(61) });
    const update = await caller.patch('/customers/bulk', { customers: [{ uuid, notes: 'n'.repeat(5_000) }] });
    expect(update.data.results[0]).toMatchObject({ success: false, code: 'validation_error' });
  });
});

test('a bulk answer stays at about a mebibyte: results behind it are told in short, the same with its key again', async () => {
  const made = [];
  for (let count = 0; count < 4; count++) {
    const rows = Array.from({ length: 8 }, () => smallCustomer({ metadata: metadata(60) }));
    const { data } = await caller.post('/customers/bulk', { customers: rows });
    made.push(...data.results.flatMap((result) => (result.success ? [result.customer.uuid] : [])));
  }
  expect(made).toHaveLength(32);
  const body = { customers: made.map((uuid) => ({ uuid, status: 'active' })) };
  const options = { headers: { 'idempotency-key': uniqueText('key-') } };
  const first = await caller.patch('/customers/bulk', body, options);
  expect([first.status, first.data.successCount]).toEqual([201, 32]);
  const shortened = first.data.results.findIndex((result) => 'isShortened' in result);
  expect(first.data.results[shortened]).toEqual({
    index: shortened,
    success: true,
    isShortened: true,
    customer: { uuid: made[shortened], id: made[shortened], externalId: null, version: 1 },
  });
  expect(first.data._partnerWarnings).toMatchObject([{ field: `customers[${shortened}]`, reason: 'answer_too_large' }]);
  expect(Buffer.byteLength(first.text)).toBeLessThan(1.1 * 1_048_576);
  const again = await caller.patch('/customers/bulk', body, options);
  expect(again.headers.get('idempotency-replayed')).toBe('true');
  expect(again.text).toBe(first.text);
});

test('what was stored before there was a limit is read, listed, deleted and restored', async () => {
  const { uuid } = await created({ email: uniqueEmail(), notes: 'short' });
  const long = `"notes":"${'n'.repeat(100_000)}"`;
  await server.database.sql(`update customers set body = replace(body, '"notes":"short"', '${long}')`);
  const path = `/customers/${uuid}`;
  expect((await caller.get(path)).data.customer.notes).toHaveLength(100_000);
  expect(
    (await caller.get('/customers', { query: { limit: 100, orderBy: 'createdAt', orderDirection: 'DESC' } })).status,
  ).toBe(200);
  expect((await caller.delete(path)).status).toBe(200);
  expect((await caller.post(`${path}/restore`, {})).status).toBe(200);
  expect(faultsOf(await caller.patch(path, { paymentTerm: 'Net 30' }))).toEqual(['notes too_large']);
  expect((await caller.patch(path, { notes: 'short again' })).status).toBe(200);
});
