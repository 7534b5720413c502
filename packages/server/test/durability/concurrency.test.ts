import type { Contact } from '@countersign/contract';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Caller, WireAnswer } from '../harness/caller.js';
import { smallCustomer, uniqueEmail, uniqueText } from '../harness/customers.js';
import { startServer, type TestServer } from '../harness/server.js';

let server: TestServer;
let caller: Caller;

beforeAll(async () => {
  server = await startServer();
  caller = await server.createCaller();
});
afterAll(() => server.stop());

function atOnce<T>(count: number, call: (index: number) => Promise<T>): Promise<T[]> {
  return Promise.all(Array.from({ length: count }, (_, index) => call(index)));
}

function statuses(answers: readonly WireAnswer[]): Record<number, number> {
  const counts: Record<number, number> = {};
  for (const { status } of answers) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}

async function createCustomer(fields: object = {}) {
  const { status, data } = await caller.post('/customers', smallCustomer(fields));
  expect(status).toBe(201);
  return data.customer;
}

describe('requests at the same time', () => {
  test('of forty creates of one email, one makes the customer and the others name it', async () => {
    const email = uniqueEmail();
    const answers = await atOnce(40, (index) =>
      caller.post('/customers', { customer: `Name ${index}`, email: index % 2 === 0 ? email : email.toUpperCase() }),
    );
    expect(statuses(answers)).toEqual({ 201: 1, 409: 39 });
    const winner = answers.find(({ status }) => status === 201)?.data.customer;
    const losers = answers.filter(({ status }) => status === 409);
    for (const { body } of losers) {
      expect(body.code).toBe('email_already_exists');
      expect(body.details?.existingCustomerUuid).toBe(winner?.uuid);
    }
    const found = await caller.get('/customers', { query: { search: email } });
    expect(found.data.customers).toEqual([winner]);
    expect(found.data.pagination.total).toBe(1);
  });

  test('of forty creates of one external id, one makes the customer and the others name it', async () => {
    const externalId = uniqueText('ext-');
    const answers = await atOnce(40, () => caller.post('/customers', smallCustomer({ externalId })));
    expect(statuses(answers)).toEqual({ 201: 1, 409: 39 });
    const winner = answers.find(({ status }) => status === 201)?.data.customer;
    for (const { status, body } of answers) {
      if (status !== 409) continue;
      expect(body.code).toBe('external_id_already_exists');
      expect(body.details?.existingCustomerUuid).toBe(winner?.uuid);
    }
  });

  test('ten times the same create with one idempotency key makes one customer and one answer', async () => {
    const customer = smallCustomer({ contacts: [{ name: 'Thandi' }] });
    const headers = { 'idempotency-key': uniqueText('key-') };
    const answers = await atOnce(10, () => caller.post('/customers', customer, { headers }));
    expect(statuses(answers)).toEqual({ 201: 10 });
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect(answers.filter((answer) => answer.headers.get('idempotency-replayed') === 'true')).toHaveLength(9);
    const found = await caller.get('/customers', { query: { search: customer.email } });
    expect(found.data.customers).toEqual([answers[0]?.data.customer]);
  });

  test.each([
    ['external id', () => uniqueText('ext-'), 'by-external-id'],
    ['email', () => uniqueEmail(), 'by-email'],
  ])('two upserts of one %s make one customer', async (_name, newKey, route) => {
    for (let round = 0; round < 5; round++) {
      const path = `/customers/${route}/${encodeURIComponent(newKey())}`;
      const email = route === 'by-email' ? {} : { email: uniqueEmail() };
      const answers = await atOnce(2, (index) => caller.put(path, { customer: `Name ${index}`, ...email }));
      expect(statuses(answers)).toEqual({ 200: 1, 201: 1 });
      expect(answers.map(({ data }) => data.outcome).sort()).toEqual(['created', 'updated']);
      const [first, second] = answers.map(({ data }) => data.customer);
      expect(first?.uuid).toBe(second?.uuid);
      expect([first?.version, second?.version].sort()).toEqual([1, 2]);
    }
  });

  test('of twenty updates of one version, exactly one succeeds', async () => {
    const { uuid } = await createCustomer();
    const headers = { 'if-match': '"1"' };
    const answers = await atOnce(20, (index) =>
      caller.patch(`/customers/${uuid}`, { notes: `Note ${index}` }, { headers }),
    );
    expect(statuses(answers)).toEqual({ 200: 1, 412: 19 });
    const { data } = await caller.get(`/customers/${uuid}`);
    expect(data.customer).toEqual(answers.find(({ status }) => status === 200)?.data.customer);
    expect(data.customer.version).toBe(2);
  });

  test('fifty updates without a version all succeed, one after the other', async () => {
    const { uuid } = await createCustomer();
    const answers = await atOnce(50, (index) => caller.patch(`/customers/${uuid}`, { notes: `Note ${index}` }));
    expect(statuses(answers)).toEqual({ 200: 50 });
    const versions = answers.map(({ data }) => data.customer.version).sort((a, b) => a - b);
    expect(versions).toEqual(Array.from({ length: 50 }, (_, index) => index + 2));
    const { data } = await caller.get(`/customers/${uuid}`);
    expect(data.customer).toEqual(answers.find((answer) => answer.data.customer.version === 51)?.data.customer);
  });

  test('updates of different fields do not undo each other', async () => {
    const { uuid } = await createCustomer();
    const fields = ['notes', 'paymentTerm', 'taxNumber', 'mainPhone', 'website', 'externalId'];
    const values = new Map(fields.map((field) => [field, uniqueText('v')]));
    await Promise.all(fields.map((field) => caller.patch(`/customers/${uuid}`, { [field]: values.get(field) })));
    const { data } = await caller.get(`/customers/${uuid}`);
    expect(data.customer).toMatchObject(Object.fromEntries(values));
  });

  test('contacts added together are all there, and at most one is primary', async () => {
    const { uuid } = await createCustomer({ contacts: [{ name: 'First', isPrimary: true }] });
    const answers = await atOnce(30, (index) =>
      caller.post(`/customers/${uuid}/contacts`, { name: `Contact ${index}`, isPrimary: index % 3 === 0 }),
    );
    expect(statuses(answers)).toEqual({ 201: 30 });
    const { data } = await caller.get(`/customers/${uuid}`);
    const names = (contacts: readonly Contact[]) => contacts.map(({ name }) => name).sort();
    expect(names(data.customer.contacts)).toEqual(
      ['First', ...Array.from({ length: 30 }, (_, index) => `Contact ${index}`)].sort(),
    );
    expect(data.customer.contacts.filter(({ isPrimary }) => isPrimary)).toHaveLength(1);
    expect(data.customer.version).toBe(31);
    expect(new Set(data.customer.contacts.map((contact) => contact.uuid)).size).toBe(31);
  });

  test('the hundredth contact is the last, however many come at once', async () => {
    const contacts = Array.from({ length: 95 }, (_, index) => ({ name: `Contact ${index}` }));
    const { uuid } = await createCustomer({ contacts });
    const answers = await atOnce(12, (index) => caller.post(`/customers/${uuid}/contacts`, { name: `Late ${index}` }));
    expect(statuses(answers)).toEqual({ 201: 5, 400: 7 });
    const { data } = await caller.get(`/customers/${uuid}/contacts`);
    expect(data.contacts).toHaveLength(100);
  });

  test('after deletes and restores at once, the totals are true', async () => {
    const own = await server.createCaller();
    const created = await atOnce(6, () => own.post('/customers', smallCustomer()));
    const uuids = created.map(({ data }) => data.customer.uuid);
    await atOnce(4, async () => {
      for (const uuid of uuids) {
        await Promise.all([own.delete(`/customers/${uuid}`), own.post(`/customers/${uuid}/restore`, {})]);
      }
    });
    const { data } = await own.get('/customers', { query: { limit: 100 } });
    expect(data.pagination.total).toBe(data.customers.length);
    const live = await Promise.all(uuids.map((uuid) => own.get(`/customers/${uuid}`)));
    expect(data.customers.length).toBe(live.filter(({ status }) => status === 200).length);
  });

  test('emails swapped in a circle at once never end up with two holders', async () => {
    const emails = Array.from({ length: 4 }, () => uniqueEmail());
    const customers = await Promise.all(emails.map((email) => createCustomer({ email })));
    const answers = await Promise.all(
      customers.map(({ uuid }, index) => caller.patch(`/customers/${uuid}`, { email: emails[(index + 1) % 4] })),
    );
    for (const { status } of answers) expect([200, 409]).toContain(status);
    const now = await Promise.all(customers.map(({ uuid }) => caller.get(`/customers/${uuid}`)));
    expect(new Set(now.map(({ data }) => data.customer.email)).size).toBe(4);
  });
});
