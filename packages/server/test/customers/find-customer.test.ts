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

async function created(fields: object = {}) {
  return (await caller.post('/customers', smallCustomer(fields))).data.customer;
}

describe('find by email', () => {
  const find = (target: string) => caller.get(`/customers/find-by-email${target}`);

  test('gives the one customer with that address, whatever its case', async () => {
    const email = `Some.One+${uniqueText()}@Acme.Example`;
    const customer = await created({ email });
    await created({ email: `x${email}` });
    for (const asked of [email, email.toLowerCase(), email.toUpperCase()]) {
      const answer = await find(`?email=${encodeURIComponent(asked)}`);
      expect(answer.status).toBe(200);
      expect(answer.data.customer).toEqual(customer);
      expect(answer.headers.get('etag')).toBe('"1"');
    }
  });

  test('takes a plus sign that is percent-encoded, and refuses one that arrives as a space', async () => {
    const tag = uniqueText();
    const customer = await created({ email: `a+${tag}@acme.example` });
    expect((await find(`?email=a%2B${tag}%40acme.example`)).data.customer.uuid).toBe(customer.uuid);
    expect((await find(`?email=a%2b${tag}@acme.example`)).data.customer.uuid).toBe(customer.uuid);
    expect((await find(`?email=a+${tag}@acme.example`)).body.errors?.[0]?.code).toBe('invalid_email');
  });

  test('is exact: neither a part nor a pattern of an address is one', async () => {
    const customer = await created();
    const { email } = customer;
    const pattern = email.replace('@', '%@');
    for (const other of [email.slice(1), email.slice(0, -1), pattern, email.replaceAll(/\w(?=.*@)/g, '_')]) {
      const answer = await find(`?email=${encodeURIComponent(other)}`);
      expect(answer.status).toBe(404);
      expect(answer.body.code).toBe('customer_not_found');
    }
  });

  test.each(['', '?email=', '?email=%20', '?mail=a@b.example'])('without an address is refused: %j', async (query) => {
    const answer = await find(query);
    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({ code: 'invalid_query', errors: [{ field: 'email', code: 'required' }] });
  });

  test('with two addresses is refused', async () => {
    const answer = await find(`?email=${uniqueEmail()}&email=${uniqueEmail()}`);
    expect(answer.status).toBe(400);
    expect(answer.body.code).toBe('invalid_query');
    expect(answer.body.errors?.[0]).toMatchObject({ field: 'email', code: 'repeated' });
  });

  test('with an address that is too long is refused', async () => {
    expect((await find(`?email=${'x'.repeat(256)}`)).body.errors?.[0]?.code).toBe('too_long');
  });

  test('finds an address written composed or decomposed', async () => {
    const tag = uniqueText();
    const customer = await created({ email: `zo\u00eb${tag}@acme.example` });
    const answer = await find(`?email=${encodeURIComponent(`ZOE\u0308${tag}@acme.example`)}`);
    expect(answer.data.customer.uuid).toBe(customer.uuid);
  });
});

describe('get', () => {
  test('takes the id in upper case too', async () => {
    const customer = await created();
    const answer = await caller.get(`/customers/${customer.uuid.toUpperCase()}`);
    expect(answer.status).toBe(200);
    expect(answer.body.message).toBe('Customer retrieved successfully');
    expect(answer.data.customer).toEqual(customer);
  });

  test.each([
    '1',
    'x',
    '6f1c2a34-0000-4000-8000-00000000000',
    'g0000000-0000-4000-8000-000000000000',
    '6f1c2a34000040008000000000000000',
    '%20',
  ])('refuses what is no UUID: %s', async (id) => {
    const answer = await caller.get(`/customers/${id}`);
    expect(answer.status).toBe(400);
    expect(answer.body.code).toBe('invalid_uuid');
  });

  test('of an id that nobody has is 404', async () => {
    const answer = await caller.get('/customers/00000000-0000-4000-8000-000000000000');
    expect(answer.status).toBe(404);
    expect(answer.body.code).toBe('customer_not_found');
    expect(answer.body).not.toHaveProperty('data');
  });

  test('with the entity tag that is still right answers 304 without a body', async () => {
    const { uuid } = await created();
    for (const tag of ['"1"', 'W/"1"', '*', '"7", "1"']) {
      const answer = await caller.get(`/customers/${uuid}`, { headers: { 'if-none-match': tag } });
      expect([answer.status, answer.text, answer.headers.get('etag')]).toEqual([304, '', '"1"']);
    }
    const byEmail = await caller.get('/customers/find-by-email', {
      query: { email: (await caller.get(`/customers/${uuid}`)).data.customer.email },
      headers: { 'if-none-match': '"1"' },
    });
    expect(byEmail.status).toBe(304);
  });

  test('with an old entity tag answers the customer as it is now', async () => {
    const { uuid } = await created();
    await caller.patch(`/customers/${uuid}`, { notes: 'new' });
    for (const tag of ['"1"', '1', '"12"', '2']) {
      const answer = await caller.get(`/customers/${uuid}`, { headers: { 'if-none-match': tag } });
      expect([answer.status, answer.data.customer.notes, answer.headers.get('etag')]).toEqual([200, 'new', '"2"']);
    }
  });

  test('as HEAD answers the same headers and no body', async () => {
    const { uuid } = await created();
    const full = await caller.get(`/customers/${uuid}`);
    const head = await caller.send('HEAD', `/customers/${uuid}`);
    expect([head.status, head.text]).toEqual([200, '']);
    for (const name of ['etag', 'content-type', 'content-length']) {
      expect(head.headers.get(name)).toBe(full.headers.get(name));
    }
    expect((await caller.send('HEAD', '/customers/00000000-0000-4000-8000-000000000000')).status).toBe(404);
  });
});
