import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Caller } from '../harness/caller.js';
import { smallCustomer, uniqueText } from '../harness/customers.js';
import { startServer, type TestServer } from '../harness/server.js';
import { headersOf, sendBytes } from '../harness/signed-request.js';

let server: TestServer;
let caller: Caller;

beforeAll(async () => {
  server = await startServer();
  caller = await server.createCaller();
});
afterAll(() => server.stop());

const NOBODY = '00000000-0000-4000-8000-000000000000';

/** What a GET answers: its status, and the faults it names. */
async function ask(path: string) {
  const { status, body } = await caller.get(path);
  return { status, code: body.code, message: body.message, errors: body.errors ?? [] };
}

async function createdAt(email: string) {
  return (await caller.post('/customers', smallCustomer({ email }))).data.customer;
}

describe('percent-encoding that is malformed or not UTF-8', () => {
  test.each([
    ['/customers?search=M%FCller', 'search'],
    ['/customers?search=%', 'search'],
    ['/customers?search=%ZZ', 'search'],
    ['/customers?search=%ED%A0%80', 'search'],
    ['/customers?limit=5&%FC=1', '%FC'],
    ['/customers/find-by-email?email=M%FCller%40acme.example', 'email'],
    ['/webhooks?cursor=%FC', 'cursor'],
    [`/webhooks/${NOBODY}/deliveries?status=%FC`, 'status'],
    ['/webhooks/attempts?wait=%1', 'wait'],
    [`/webhooks/listeners/${NOBODY}/events?wait=%FC`, 'wait'],
  ])('is refused, and its parameter named: %s', async (path, field) => {
    const answer = await ask(path);
    expect([answer.status, answer.code]).toEqual([400, 'invalid_query']);
    expect(answer.errors).toMatchObject([{ field, code: 'invalid_encoding' }]);
    expect(answer.message).toContain(field);
  });

  test('is refused where an app asks for authorization', async () => {
    const answer = await fetch(`${server.url}/auth2/authorize-initiate?state=%FC&scope=%FC`);
    expect(answer.status).toBe(400);
    const body: unknown = await answer.json();
    expect(body).toMatchObject({
      code: 'invalid_query',
      errors: [
        { field: 'state', code: 'invalid_encoding' },
        { field: 'scope', code: 'invalid_encoding' },
        { field: 'clientId', code: 'required' },
        { field: 'redirectUri', code: 'required' },
      ],
    });
  });

  test.each(['M%FCller@acme.example', 'a@b.example%', '%ZZ'])('is refused in a path, and named: %s', async (part) => {
    for (const path of [`/customers/by-email/${part}`, `/customers/by-external-id/${part}`]) {
      const target = `/partners${path}`;
      const { app, accessToken } = caller;
      const body = '{"customer":"A"}';
      const headers = headersOf({ method: 'PUT', target, app, accessToken, body });
      const answer = await sendBytes(server.url, { method: 'PUT', target, headers, body });
      expect([answer.status, answer.body.code]).toEqual([400, 'malformed_request']);
      expect(answer.body.message).toContain(`"${part}"`);
    }
  });

  test('does not stand in the way of UTF-8', async () => {
    const name = `Müller ${uniqueText()}`;
    await caller.post('/customers', smallCustomer({ customer: name }));
    for (const search of [encodeURIComponent(name), encodeURIComponent(name).replace('%20', '+')]) {
      const { data } = await caller.get(`/customers?search=${search}`);
      expect(data.customers.map(({ customer }) => customer)).toEqual([name]);
    }
  });

  test('left out is refused as well: bytes beyond ASCII are no URL', async () => {
    const target = `/partners/customers?search=${Buffer.from('Müller').toString('latin1')}`;
    const { app, accessToken } = caller;
    const headers = headersOf({ method: 'GET', target, app, accessToken });
    const answer = await sendBytes(server.url, { method: 'GET', target, headers });
    expect([answer.status, answer.body.code]).toEqual([400, 'malformed_request']);
  });
});

describe('an email that is none', () => {
  test.each(['nobody', 'a@b', 'a b@acme.example ', ' a@acme.example', '%', 'a@acme.example,b@acme.example'])(
    'is no question, and not "not found": %j',
    async (email) => {
      const answer = await ask(`/customers/find-by-email?email=${encodeURIComponent(email)}`);
      expect([answer.status, answer.code]).toEqual([400, 'invalid_query']);
      expect(answer.errors).toMatchObject([{ field: 'email', code: 'invalid_email' }]);
    },
  );

  test('for want of an encoded plus says how a plus is sent', async () => {
    const tag = uniqueText();
    const customer = await createdAt(`john+${tag}@acme.example`);
    const answer = await ask(`/customers/find-by-email?email=john+${tag}@acme.example`);
    expect(answer.status).toBe(400);
    expect(answer.message).toMatch(/a plus in a query is sent as %2B/);
    const found = await caller.get(`/customers/find-by-email?email=john%2B${tag}@acme.example`);
    expect(found.data.customer.uuid).toBe(customer.uuid);
  });

  test('is refused in the path of create-or-update', async () => {
    for (const part of ['', 'nobody', 'john%20x@acme.example', '%20']) {
      const { status, body } = await caller.put(`/customers/by-email/${part}`, { customer: 'A' });
      expect([status, body.code]).toEqual([400, 'validation_error']);
      expect(body.errors).toMatchObject([{ field: 'email' }]);
    }
  });
});

describe('a time', () => {
  const listed = async (query: string) => (await caller.get(`/customers?${query}`)).status;

  test.each([
    '2026-01-31',
    '2026-01-31T12:00:00Z',
    '2026-01-31t12:00:00z',
    '2026-01-31T12:00Z',
    '2026-01-31T12:00:00.123456Z',
    '2026-01-31T12:00:00%2B02:00',
    '2026-01-31T12:00:00+02:00',
    '2026-01-31T12:00:00+0200',
    '2026-01-31T12:00:00+02',
    '2026-01-31T12:00:00-03:00',
    '2026-01-31%2012:00:00%2B00:00',
  ])('is taken as libraries write it: %s', async (time) => {
    expect(await listed(`updatedSince=${time}`)).toBe(200);
    expect(await listed(`createdSince=${time}`)).toBe(200);
  });

  test('with a plus that was not encoded is the time that was meant', async () => {
    const { email, createdAt: at } = await createdAt(`${uniqueText()}@acme.example`);
    const inZone = (offsetMs: number) =>
      `${new Date(Date.parse(at) + 2 * 3_600_000 + offsetMs).toISOString().slice(0, -1)}+02:00`;
    for (const [offsetMs, emails] of [
      [0, [email]],
      [1_000, []],
    ] as const) {
      for (const time of [inZone(offsetMs), encodeURIComponent(inZone(offsetMs))]) {
        const { data } = await caller.get(`/customers?search=${email}&createdSince=${time}`);
        expect(data.customers.map((customer) => customer.email)).toEqual(emails);
      }
    }
  });

  test.each(['2026-01-31T12:00:00', '2026-01-31T12:00', '2026-01-31 12:00:00.5', '2026-01-31 12:00'])(
    'without a zone is refused, and the message says so: %s',
    async (time) => {
      const answer = await ask(`/customers?updatedSince=${encodeURIComponent(time)}`);
      expect([answer.status, answer.code]).toEqual([400, 'invalid_query']);
      expect(answer.message).toMatch(/^updatedSince needs a time zone/);
    },
  );

  test.each([
    '',
    'yesterday',
    '1769860800',
    '2026-02-30T00:00:00Z',
    '2026-01-31T25:00:00Z',
    '2026-01-31T12:00:00+99:00',
  ])('that is none is refused: %j', async (time) => {
    expect((await ask(`/customers?createdSince=${time}`)).errors).toMatchObject([{ field: 'createdSince' }]);
  });
});

describe('a parameter', () => {
  test.each([
    '/customers?status=active&status=inactive',
    '/customers?search=a&search=b',
    '/customers/find-by-email?email=a@acme.example&email=a@acme.example',
    '/webhooks?limit=1&limit=2',
    `/webhooks/${NOBODY}/deliveries?status=failed&status=pending`,
  ])('given twice is refused, once and by its name: %s', async (path) => {
    const [, name = ''] = /\?(\w+)=/.exec(path) ?? [];
    const answer = await ask(path);
    expect([answer.status, answer.errors.length]).toEqual([400, 1]);
    expect(answer.message).toBe(`${name} must be given once.`);
  });

  test('of order is taken in either case', async () => {
    const tag = uniqueText();
    for (const letter of ['b', 'a']) await createdAt(`${letter}${tag}@acme.example`);
    const letters = async (direction: string) => {
      const { data } = await caller.get(`/customers?search=${tag}&orderBy=email&orderDirection=${direction}`);
      return data.customers.map(({ email }) => email[0]).join('');
    };
    expect([await letters('asc'), await letters('ASC'), await letters('Desc'), await letters('desc')]).toEqual([
      'ab',
      'ab',
      'ba',
      'ba',
    ]);
    expect((await ask('/customers?orderDirection=up')).message).toBe('orderDirection must be one of: ASC, DESC.');
  });

  test('that is not known is ignored', async () => {
    expect((await caller.get('/customers?page_size=7&utm=a&utm=b')).data.pagination.limit).toBe(20);
  });
});
