import type { Customer } from '@countersign/contract';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Caller } from '../harness/caller.js';
import { smallCustomer, uniqueText } from '../harness/customers.js';
import { startServer, type TestServer } from '../harness/server.js';

let server: TestServer;
let owner: Caller;
let stranger: Caller;
let theirs: Customer;
let deleted: Customer;

beforeAll(async () => {
  server = await startServer();
  const app = await server.createApp();
  [owner, stranger] = await Promise.all([server.createCaller({ app }), server.createCaller({ app })]);
  const input = { externalId: uniqueText('ext'), notes: 'secret', contacts: [{ name: 'A', isPrimary: true }] };
  theirs = (await owner.post('/customers', smallCustomer(input))).data.customer;
  deleted = (await owner.post('/customers', smallCustomer())).data.customer;
  await owner.delete(`/customers/${deleted.uuid}`);
});
afterAll(() => server.stop());

/** Every route that names a record, as another team would call it. */
const ROUTES: readonly (readonly [method: string, path: () => string, body: object | undefined])[] = [
  ['GET', () => `/customers/${theirs.uuid}`, undefined],
  ['HEAD', () => `/customers/${theirs.uuid}`, undefined],
  ['GET', () => `/customers/find-by-email?email=${encodeURIComponent(theirs.email)}`, undefined],
  ['PUT', () => `/customers/${theirs.uuid}`, { notes: 'changed' }],
  ['PATCH', () => `/customers/${theirs.uuid}`, { notes: 'changed' }],
  ['PATCH', () => `/customers/${theirs.uuid}`, {}],
  ['DELETE', () => `/customers/${theirs.uuid}`, undefined],
  ['POST', () => `/customers/${theirs.uuid}/restore`, undefined],
  ['POST', () => `/customers/${deleted.uuid}/restore`, undefined],
  ['GET', () => `/customers/${theirs.uuid}/contacts`, undefined],
  ['POST', () => `/customers/${theirs.uuid}/contacts`, { name: 'B' }],
  ['PATCH', () => `/customers/${theirs.uuid}/contacts/${theirs.contacts[0]?.uuid}`, { name: 'B' }],
  ['DELETE', () => `/customers/${theirs.uuid}/contacts/${theirs.contacts[0]?.uuid}`, undefined],
];

describe('another team', () => {
  test.each(ROUTES)('gets 404 from %s %s and changes nothing', async (method, path, body) => {
    const answer = await stranger.send(method, path(), body === undefined ? {} : { body });
    expect(answer.status).toBe(404);
    if (method !== 'HEAD') expect(answer.body.code).toBe('customer_not_found');
    expect(answer.text).not.toContain('secret');
    expect((await owner.get(`/customers/${theirs.uuid}`)).data.customer).toEqual(theirs);
    expect((await owner.get(`/customers/${deleted.uuid}`)).status).toBe(404);
  });

  test('gets the same 404 for a record of ours and for one that nobody has', async () => {
    const ours = await stranger.get(`/customers/${theirs.uuid}`);
    const nobodys = await stranger.get('/customers/00000000-0000-4000-8000-000000000000');
    expect({ ...ours.body, requestId: '' }).toEqual({ ...nobodys.body, requestId: '' });
  });

  test('gets "not found" for our record in a bulk update, in both modes', async () => {
    const customers = [{ uuid: theirs.uuid, notes: 'changed' }];
    const partial = await stranger.patch('/customers/bulk', { customers });
    expect(partial.data.results).toMatchObject([{ success: false, code: 'customer_not_found' }]);
    const atomic = await stranger.patch('/customers/bulk', { customers, mode: 'atomic' });
    expect(atomic.body.errors).toMatchObject([{ field: 'customers[0].uuid', code: 'customer_not_found' }]);
    expect((await owner.get(`/customers/${theirs.uuid}`)).data.customer).toEqual(theirs);
  });

  test.each([
    ['its name and address', () => theirs.email],
    ['nothing', () => ''],
    ['one letter', () => 'a'],
  ])('finds none of our records by %s', async (_, search) => {
    for (const query of [{ search: search() }, { search: search(), updatedSince: theirs.createdAt }]) {
      const { customers, pagination } = (await stranger.get('/customers', { query: { ...query, limit: 100 } })).data;
      expect(customers.map(({ uuid }) => uuid)).not.toContain(theirs.uuid);
      expect(pagination.total).toBe(customers.length);
    }
  });

  test('may use our email and external id for records of its own', async () => {
    const { email, externalId } = theirs;
    const byId = await stranger.put(`/customers/by-external-id/${externalId}`, { customer: 'Mine', email });
    expect([byId.status, byId.data.outcome]).toEqual([201, 'created']);
    expect(byId.data.customer.uuid).not.toBe(theirs.uuid);
    const byEmail = await stranger.put(`/customers/by-email/${encodeURIComponent(email)}`, { notes: 'mine' });
    expect([byEmail.data.outcome, byEmail.data.customer.uuid]).toEqual(['updated', byId.data.customer.uuid]);
    expect((await owner.get(`/customers/${theirs.uuid}`)).data.customer).toEqual(theirs);
    await stranger.delete(`/customers/${byId.data.customer.uuid}`);
    expect((await stranger.post('/customers', smallCustomer({ email, externalId }))).status).toBe(201);
    expect((await owner.get('/customers/find-by-email', { query: { email } })).data.customer).toEqual(theirs);
  });
});

test('two apps of one team see the same records', async () => {
  const other = await server.createCaller({ app: await server.createApp(), team: owner.team });
  expect((await other.get(`/customers/${theirs.uuid}`)).data.customer).toEqual(theirs);
  expect((await other.post('/customers', smallCustomer({ email: theirs.email }))).status).toBe(409);
});
