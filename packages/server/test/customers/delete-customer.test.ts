import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Caller } from '../harness/caller.js';
import { smallCustomer, uniqueText } from '../harness/customers.js';
import { startServer, type TestServer } from '../harness/server.js';

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
const listed = async (search: string) => (await caller.get('/customers', { query: { search } })).data;

describe('a deleted customer', () => {
  test('is answered as deleted and leaves every read', async () => {
    const { uuid, email } = await created({ contacts: [{ name: 'A' }] });
    const answer = await caller.delete(`/customers/${uuid}`);
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({
      status: 'success',
      message: 'Customer deleted successfully',
      data: { uuid, id: uuid, deleted: true },
    });
    expect((await caller.get(`/customers/${uuid}`)).status).toBe(404);
    expect((await caller.get(`/customers/${uuid}/contacts`)).status).toBe(404);
    expect((await caller.get('/customers/find-by-email', { query: { email } })).status).toBe(404);
    expect(await listed(email)).toMatchObject({ customers: [], pagination: { total: 0 } });
  });

  test('cannot be changed or deleted again', async () => {
    const { uuid } = await created();
    await caller.delete(`/customers/${uuid}`);
    expect((await caller.delete(`/customers/${uuid}`)).body.code).toBe('customer_not_found');
    expect((await caller.patch(`/customers/${uuid}`, { notes: 'x' })).body.code).toBe('customer_not_found');
    expect((await caller.post(`/customers/${uuid}/contacts`, { name: 'A' })).body.code).toBe('customer_not_found');
    const bulk = await caller.patch('/customers/bulk', { customers: [{ uuid, notes: 'x' }] });
    expect(bulk.data.results[0]).toMatchObject({ success: false, code: 'customer_not_found' });
  });

  test('frees its email and external id', async () => {
    const externalId = uniqueText();
    const { uuid, email } = await created({ externalId });
    await caller.delete(`/customers/${uuid}`);
    const next = await caller.post('/customers', smallCustomer({ email: email.toUpperCase(), externalId }));
    expect(next.status).toBe(201);
    expect(next.data.customer.uuid).not.toBe(uuid);
  });

  test('is not deleted where If-Match names another version', async () => {
    const { uuid } = await created();
    const refused = await caller.delete(`/customers/${uuid}`, { headers: { 'if-match': '"2"' } });
    expect([refused.status, refused.body.code]).toEqual([412, 'version_mismatch']);
    expect((await caller.get(`/customers/${uuid}`)).status).toBe(200);
    expect((await caller.delete(`/customers/${uuid}`, { headers: { 'if-match': '"1"' } })).status).toBe(200);
  });

  test('needs a UUID', async () => {
    expect((await caller.delete('/customers/nobody')).body.code).toBe('invalid_uuid');
    expect((await caller.post('/customers/nobody/restore', undefined)).body.code).toBe('invalid_uuid');
  });

  test('may be named in a request that carries a body', async () => {
    const { uuid } = await created();
    const answer = await caller.send('DELETE', `/customers/${uuid}`, { rawBody: '{}' });
    expect(answer.status).toBe(200);
  });
});

describe('a restored customer', () => {
  test('is as it was, two versions on, and found everywhere', async () => {
    const before = await created({ externalId: uniqueText(), contacts: [{ name: 'A', isPrimary: true }], notes: 'n' });
    await caller.delete(`/customers/${before.uuid}`);
    const answer = await caller.post(`/customers/${before.uuid}/restore`, undefined);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('etag')).toBe('"3"');
    const { customer } = answer.data;
    expect(customer).toEqual({ ...before, version: 3, updatedAt: customer.updatedAt });
    expect((await caller.get(`/customers/${before.uuid}`)).data.customer).toEqual(customer);
    expect((await caller.get('/customers/find-by-email', { query: { email: before.email } })).data.customer).toEqual(
      customer,
    );
    expect((await listed(before.email)).customers).toEqual([customer]);
  });

  test('may have been restored before, and was not deleted in between: nothing changes', async () => {
    const before = await created();
    const answer = await caller.post(`/customers/${before.uuid}/restore`, {});
    expect(answer.status).toBe(200);
    expect(answer.data.customer).toEqual(before);
  });

  test('is refused while another has its email, and comes back once that is free', async () => {
    const { uuid, email } = await created();
    await caller.delete(`/customers/${uuid}`);
    const holder = (await caller.post('/customers', smallCustomer({ email: email.toUpperCase() }))).data.customer;
    const refused = await caller.post(`/customers/${uuid}/restore`, undefined);
    expect(refused.status).toBe(409);
    expect(refused.body).toMatchObject({
      code: 'email_already_exists',
      details: { email, existingCustomerUuid: holder.uuid },
    });
    expect((await caller.get(`/customers/${uuid}`)).status).toBe(404);
    await caller.delete(`/customers/${holder.uuid}`);
    expect((await caller.post(`/customers/${uuid}/restore`, undefined)).status).toBe(200);
  });

  test('is refused while another has its external id', async () => {
    const externalId = uniqueText();
    const { uuid } = await created({ externalId });
    await caller.delete(`/customers/${uuid}`);
    await created({ externalId });
    const refused = await caller.post(`/customers/${uuid}/restore`, undefined);
    expect([refused.status, refused.body.code]).toEqual([409, 'external_id_already_exists']);
  });

  test('is 404 where there was never one', async () => {
    const answer = await caller.post('/customers/00000000-0000-4000-8000-000000000000/restore', undefined);
    expect([answer.status, answer.body.code]).toEqual([404, 'customer_not_found']);
  });
});
