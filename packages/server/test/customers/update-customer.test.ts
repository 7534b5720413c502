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

const fullFields = () => ({
  mainPhone: '1',
  website: 'acme.example',
  billingAddress: { street: 'S', city: 'C', state: null, zipCode: null, country: null },
  shippingAddress: { street: 'T', city: null, state: null, zipCode: null, country: null },
  contacts: [{ name: 'A' }],
  notes: 'n',
  paymentTerm: 'p',
  taxNumber: 't',
  taxAutoCalculate: true,
  taxExcluded: true,
  taxes: [1],
  externalId: uniqueText('ext'),
  metadata: { a: '1', b: '2' },
});

async function created(fields: object = {}) {
  return (await caller.post('/customers', smallCustomer(fields))).data.customer;
}
const read = async (uuid: string) => (await caller.get(`/customers/${uuid}`)).data.customer;

describe.each(['PUT', 'PATCH'])('%s', (method) => {
  const update = (uuid: string, body: unknown, headers: Record<string, string> = {}) =>
    caller.send(method, `/customers/${uuid}`, { body, headers });

  test('changes what was sent and nothing else, and makes one new version', async () => {
    const before = await created(fullFields());
    const answer = await update(before.uuid, { customer: '  New Name ', status: 'inactive', metadata: { c: '3' } });
    expect(answer.status).toBe(200);
    expect(answer.body.message).toBe('Customer updated successfully');
    expect(answer.headers.get('etag')).toBe('"2"');
    const after = answer.data.customer;
    expect(after).toEqual({
      ...before,
      customer: 'New Name',
      status: 'inactive',
      metadata: { c: '3' },
      version: 2,
      updatedAt: after.updatedAt,
    });
    expect(after.updatedAt >= before.updatedAt).toBe(true);
    expect(await read(before.uuid)).toEqual(after);
  });

  test.each([null, ''])('clears texts sent as %j', async (empty) => {
    const { uuid } = await created(fullFields());
    const texts = ['mainPhone', 'website', 'notes', 'paymentTerm', 'taxNumber', 'externalId'];
    const answer = await update(uuid, Object.fromEntries(texts.map((name) => [name, empty])));
    for (const name of texts) expect(answer.data.customer).toHaveProperty(name, null);
    expect(answer.data.customer).toMatchObject({ version: 2, taxes: [1], contacts: [{ name: 'A' }] });
  });

  test('clears all else that may be null', async () => {
    const { uuid } = await created(fullFields());
    const answer = await update(uuid, { taxAutoCalculate: null, taxExcluded: null, taxes: null, metadata: null });
    expect(answer.data.customer).toMatchObject({
      taxAutoCalculate: null,
      taxExcluded: null,
      taxes: null,
      metadata: {},
    });
  });

  test('replaces an address whole, and removes it by null', async () => {
    const { uuid, shippingAddress } = await created(fullFields());
    const replaced = await update(uuid, { billingAddress: { country: 'ZA' } });
    expect(replaced.data.customer.billingAddress).toEqual({
      street: null,
      city: null,
      state: null,
      zipCode: null,
      country: 'ZA',
    });
    expect(replaced.data.customer.shippingAddress).toEqual(shippingAddress);
    const removed = await update(uuid, { billingAddress: null, shippingAddress: {} });
    expect(removed.data.customer).toMatchObject({ billingAddress: null, shippingAddress: null, version: 3 });
  });

  test('leaves contacts alone and says where they are changed', async () => {
    const { uuid, contacts } = await created(fullFields());
    const answer = await update(uuid, { contacts: [], notes: 'new', nickname: 'x', billingAddress: { planet: 'E' } });
    expect(answer.data.customer.contacts).toEqual(contacts);
    expect(answer.data._partnerWarnings?.map(({ field, reason }) => `${field} ${reason}`)).toEqual([
      'contacts use_contacts_routes',
      'nickname unknown_field',
      'billingAddress.planet unknown_field',
    ]);
  });

  test('that changes nothing makes no new version', async () => {
    const before = await created(fullFields());
    const { customer, email, notes, billingAddress, metadata } = before;
    for (const body of [{}, { contacts: [{ name: 'B' }] }, { customer, email, notes, billingAddress, metadata }]) {
      const answer = await update(before.uuid, body);
      expect(answer.status).toBe(200);
      expect(answer.data.customer).toEqual(before);
      expect(answer.headers.get('etag')).toBe('"1"');
    }
    expect(await read(before.uuid)).toEqual(before);
  });

  test('with If-Match changes the version it names, and no other', async () => {
    const { uuid } = await created();
    expect((await update(uuid, { notes: 'one' }, { 'if-match': '"1"' })).status).toBe(200);
    for (const tag of ['"1"', '"3"', '2', 'x', '']) {
      const refused = await update(uuid, { notes: 'two' }, { 'if-match': tag });
      expect(refused.status).toBe(412);
      expect(refused.body.code).toBe('version_mismatch');
    }
    expect(await read(uuid)).toMatchObject({ notes: 'one', version: 2 });
    expect((await update(uuid, { notes: 'three' }, { 'if-match': '*' })).status).toBe(200);
    expect((await update(uuid, { notes: 'four' }, { 'if-match': '"9", "3"' })).status).toBe(200);
  });

  test('of ten with one If-Match at once, one wins', async () => {
    const { uuid } = await created();
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, index) => update(uuid, { notes: `n${index}` }, { 'if-match': '"1"' })),
    );
    expect(answers.filter(({ status }) => status === 200).length).toBe(1);
    expect((await read(uuid)).version).toBe(2);
  });

  test('to another email frees the old one and takes the new', async () => {
    const { uuid, email } = await created();
    const next = uniqueEmail();
    expect((await update(uuid, { email: next })).data.customer.email).toBe(next);
    expect((await caller.get('/customers/find-by-email', { query: { email } })).status).toBe(404);
    expect((await caller.get('/customers/find-by-email', { query: { email: next } })).data.customer.uuid).toBe(uuid);
    expect((await caller.post('/customers', smallCustomer({ email: next }))).status).toBe(409);
    expect((await caller.post('/customers', smallCustomer({ email }))).status).toBe(201);
  });

  test('to the same email in another spelling keeps the new spelling', async () => {
    const { uuid, email } = await created();
    const answer = await update(uuid, { email: email.toUpperCase() });
    expect(answer.data.customer).toMatchObject({ email: email.toUpperCase(), version: 2 });
  });

  test('to an email or external id that is taken is refused and changes nothing', async () => {
    const holder = await created({ externalId: uniqueText() });
    const before = await created();
    const email = await update(before.uuid, { email: holder.email.toUpperCase(), notes: 'x' });
    expect(email.status).toBe(409);
    expect(email.body).toMatchObject({
      code: 'email_already_exists',
      details: { email: holder.email.toUpperCase(), existingCustomerUuid: holder.uuid },
    });
    const externalId = await update(before.uuid, { externalId: holder.externalId, notes: 'x' });
    expect(externalId.status).toBe(409);
    expect(externalId.body).toMatchObject({
      code: 'external_id_already_exists',
      details: { externalId: holder.externalId, existingCustomerUuid: holder.uuid },
    });
    expect(await read(before.uuid)).toEqual(before);
  });

  test('names every field at fault and changes nothing', async () => {
    const before = await created();
    const answer = await update(before.uuid, { customer: ' ', email: null, status: 'x', notes: 5, taxes: ['1'] });
    expect(answer.status).toBe(400);
    expect(answer.body.errors?.map(({ field }) => field).sort()).toEqual([
      'customer',
      'email',
      'notes',
      'status',
      'taxes[0]',
    ]);
    expect(await read(before.uuid)).toEqual(before);
  });

  test('of nobody is 404, and of no UUID 400', async () => {
    expect((await update('00000000-0000-4000-8000-000000000000', { notes: 'x' })).body.code).toBe('customer_not_found');
    expect((await update('nobody', { notes: 'x' })).body.code).toBe('invalid_uuid');
  });

  test('cannot change what the server makes', async () => {
    const before = await created();
    const other = '00000000-0000-4000-8000-000000000000';
    const answer = await update(before.uuid, { uuid: other, id: other, version: 9, createdAt: 'x', updatedAt: 'y' });
    expect(answer.data.customer).toEqual(before);
    expect(answer.data._partnerWarnings?.map(({ reason }) => reason)).toEqual(Array(5).fill('read_only_field'));
  });
});
