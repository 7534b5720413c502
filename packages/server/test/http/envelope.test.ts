import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Caller } from '../harness/caller.js';
import { smallCustomer, uniqueText } from '../harness/customers.js';
import { startServer, type TestServer } from '../harness/server.js';
import { headersOf, sendBytes } from '../harness/signed-request.js';

const NOBODY = '00000000-0000-4000-8000-000000000000';

let server: TestServer;
let caller: Caller;

beforeAll(async () => {
  server = await startServer({ environment: { COUNTERSIGN_BODY_LIMIT: '20000' } });
  caller = await server.createCaller();
});
afterAll(() => server.stop());

describe('every refusal', () => {
  test.each<[string, string]>([
    ['GET /partners/nothing', '404 route_not_found'],
    ['POST /partners', '404 route_not_found'],
    ['GET /', '404 route_not_found'],
    ['GET /partners/customers/%zz', '400 malformed_request'],
    [`GET /partners/customers/${NOBODY}`, '404 customer_not_found'],
    ['PUT /partners/customers', '405 method_not_allowed'],
  ])('has one form: %s', async (request, refusal) => {
    const { app, accessToken } = caller;
    const [method = '', target = ''] = request.split(' ');
    const [status, code] = refusal.split(' ');
    const headers = headersOf({ method, target, app, accessToken });
    const answer = await sendBytes(server.url, { method, target, headers });
    expect(answer.status).toBe(Number(status));
    const message = expect.stringMatching(/^[A-Z].*\S$/);
    expect(answer.body).toMatchObject({ status: 'error', code, message, statusCode: answer.status });
    expect(answer.body.requestId).toBe(answer.headers.get('x-request-id'));
    expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(answer.text).not.toMatch(/node_modules|\.js:|at [A-Z]|sqlite/i);
  });

  test('of bytes that are no HTTP has that form too', async () => {
    const { port } = new URL(server.url);
    const socket = connect(Number(port), '127.0.0.1');
    socket.end('NOT HTTP AT ALL\r\n\r\n');
    const [head, body] = (await text(socket)).split('\r\n\r\n');
    expect(head).toMatch(/^HTTP\/1\.1 400 /);
    expect(head?.toLowerCase()).toContain('x-request-id: ');
    expect(JSON.parse(body ?? '')).toMatchObject({ status: 'error', code: 'malformed_request', statusCode: 400 });
  });

  test('of headers without end has that form too', async () => {
    const headers = { 'x-long': 'x'.repeat(100_000) };
    const answer = await sendBytes(server.url, { method: 'GET', target: '/healthz', headers });
    expect([answer.status, answer.body.code]).toEqual([431, 'headers_too_large']);
  });
});

describe('the message of a refusal', () => {
  const sevenFaults = {
    email: 'nobody',
    mainPhone: 1,
    website: 2,
    notes: 3,
    paymentTerm: 4,
    taxNumber: 5,
  };

  test('says the first five faults, and how many more there are', async () => {
    const { body } = await caller.post('/customers', sevenFaults);
    expect(body.errors).toHaveLength(7);
    const named = body.errors?.slice(0, 5).map(({ message }) => message);
    expect(body.message).toBe(`${named?.join(' ')} … and 2 more.`);
  });

  test('says what is wrong with a query', async () => {
    const { body } = await caller.get('/customers', { query: { limit: 0, status: 'gone' } });
    expect(body.message).toBe('limit must be a whole number from 1 to 100. status must be one of: active, inactive.');
  });

  test('says the faults of an app that asks for authorization, too', async () => {
    const answer = await fetch(`${server.url}/auth2/authorize-initiate?state=s`);
    const body: unknown = await answer.json();
    const message = 'clientId is required, once. redirectUri is required, once.';
    expect(body).toMatchObject({ code: 'invalid_query', statusCode: 400, message });
  });

  test('of a row in bulk says the faults of that row', async () => {
    const good = smallCustomer();
    const { results } = (await caller.post('/customers/bulk', { customers: [sevenFaults, good, { ...good }, 7] })).data;
    expect(results[0]).toMatchObject({
      error: expect.stringMatching(/^customer is required\. email .* … and 2 more\.$/),
    });
    expect(results[2]).toMatchObject({ error: 'A customer with this email already exists' });
    expect(results[3]).toMatchObject({ error: 'The row must be an object.' });
  });

  test('of an atomic bulk says which rows are at fault, and with what', async () => {
    const taken = (await caller.post('/customers', smallCustomer())).data.customer;
    const rows = [{ email: 'x' }, { customer: 'Twice', email: taken.email }, 7];
    const { status, body } = await caller.post('/customers/bulk', { mode: 'atomic', customers: rows });
    expect(status).toBe(400);
    expect(body.message.split(/(?<=\.) /)).toEqual([
      'customers[0].customer is required.',
      'customers[0].email must be a valid email address.',
      'customers[1].email: A customer with this email already exists.',
      'customers[2]: The row must be an object.',
    ]);
  });

  test('is the same when it is given again under its key', async () => {
    const headers = { 'idempotency-key': uniqueText() };
    const first = await caller.post('/customers', sevenFaults, { headers });
    const again = await caller.post('/customers', sevenFaults, { headers });
    expect(again.text).toBe(first.text);
    expect(again.headers.get('idempotency-replayed')).toBe('true');
  });

  test('is short where there are many faults, and a hundred of them are listed', async () => {
    const contacts = Array.from({ length: 60 }, () => ({ email: 'x', phone: 1 }));
    const one = await caller.post('/customers', { ...smallCustomer(), contacts });
    expect(one.body.errors).toHaveLength(101);
    expect(one.body.errors?.at(-1)).toEqual({ field: '', code: 'more_errors', message: '… and 20 more.' });
    expect(one.body.message).toMatch(/^contacts\[0\]\.email must .* … and 115 more\.$/);

    const row = { ...smallCustomer(), contacts };
    const bulk = await caller.post('/customers/bulk', { customers: [row] });
    expect(bulk.data.results[0]).toMatchObject({ error: one.body.message, errors: one.body.errors });

    const atomic = await caller.post('/customers/bulk', { mode: 'atomic', customers: [row, row] });
    expect(atomic.body.errors).toHaveLength(101);
    expect(atomic.body.message).toMatch(/^customers\[0\]\.contacts\[0\]\.email must .* … and 235 more\.$/);
  });
});

test('a warning of a row in bulk names its whole path', async () => {
  const { uuid } = (await caller.post('/customers', smallCustomer())).data.customer;
  const answer = await caller.patch('/customers/bulk', { customers: [{ uuid, contacts: [], fax: '1' }] });
  expect(answer.data._partnerWarnings?.map(({ message }) => message)).toEqual([
    'customers[0].contacts is not changed here; use the routes under /partners/customers/{uuid}/contacts.',
    'customers[0].fax is not a field of this object and was ignored.',
  ]);
});

describe('a method that a route does not have', () => {
  test.each<[string, string, string]>([
    ['PUT', '/customers', 'GET, HEAD, POST'],
    ['DELETE', '/customers', 'GET, HEAD, POST'],
    ['OPTIONS', '/customers', 'GET, HEAD, POST'],
    ['POST', '/customers/find-by-email', 'GET, HEAD'],
    ['GET', '/customers/bulk', 'POST, PATCH, PUT'],
    ['DELETE', '/customers/bulk', 'POST, PATCH, PUT'],
    ['POST', `/customers/${NOBODY}`, 'GET, HEAD, PUT, PATCH, DELETE'],
    ['GET', `/customers/${NOBODY}/restore`, 'POST'],
    ['PUT', `/customers/${NOBODY}/contacts`, 'GET, HEAD, POST'],
    ['GET', `/customers/${NOBODY}/contacts/${NOBODY}`, 'PATCH, DELETE'],
    ['GET', '/customers/by-external-id/x', 'PUT'],
    ['POST', '/customers/by-email/a@b.example', 'PUT'],
  ])('is refused with the methods it has: %s %s', async (method, path, allow) => {
    const answer = await caller.send(method, path);
    expect([answer.status, answer.body.code]).toEqual([405, 'method_not_allowed']);
    const sorted = (list: string | null) => list?.split(', ').sort();
    expect(sorted(answer.headers.get('allow'))).toEqual(sorted(allow));
  });

  test('is refused on routes without credentials too', async () => {
    const answer = await sendBytes(server.url, { method: 'POST', target: '/healthz' });
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
  });
});

describe('a body', () => {
  const post = (rawBody: string | Uint8Array, headers: Record<string, string> = {}) =>
    caller.send('POST', '/customers', { rawBody, headers });

  test('that is larger than the limit is refused, and one at the limit is not', async () => {
    const input = smallCustomer();
    const short = JSON.stringify({ ...input, ignored: '' });
    const atLimit = JSON.stringify({ ...input, ignored: 'x'.repeat(20_000 - short.length) });
    const refused = await post(`${atLimit} `);
    expect([refused.status, refused.body.code]).toEqual([413, 'payload_too_large']);
    expect((await post(atLimit)).status).toBe(201);
  });

  test('whose length is not told beforehand is held to the limit too', async () => {
    const request = { method: 'POST', target: '/partners/customers', body: 'x'.repeat(30_000) };
    const { app, accessToken } = caller;
    const headers = { ...headersOf({ ...request, app, accessToken }), 'transfer-encoding': 'chunked' };
    const answer = await sendBytes(server.url, { ...request, headers });
    expect([answer.status, answer.body.code]).toEqual([413, 'payload_too_large']);
  });

  test.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/xml',
    'application/jsonp',
    'json',
    '',
  ])('of the type %j is refused', async (type) => {
    const input = smallCustomer();
    const answer = await post(JSON.stringify(input), { 'content-type': type });
    expect([answer.status, answer.body.code]).toEqual([415, 'unsupported_media_type']);
    expect((await caller.get('/customers/find-by-email', { query: { email: input.email } })).status).toBe(404);
  });

  test.each(['application/json; charset=utf-8', 'APPLICATION/JSON', 'application/json;charset="UTF-8"'])(
    'of the type %s is taken',
    async (type) => {
      expect((await post(JSON.stringify(smallCustomer()), { 'content-type': type })).status).toBe(201);
    },
  );

  test('names its last value where a field is given twice', async () => {
    const { email } = smallCustomer();
    const answer = await post(`{"customer":"First","email":"${email}","customer":"Last"}`);
    expect(answer.data.customer.customer).toBe('Last');
  });
});

describe('the request id', () => {
  const idFor = async (id: string) =>
    (await caller.get('/customers', { headers: { 'x-request-id': id } })).headers.get('x-request-id');

  test.each(['a', 'order-17', '6f1c2a34-0000-4000-8000-000000000000', 'a.b:c/d+e=f@g_h', 'x'.repeat(128)])(
    'is the client’s where that is sane: %s',
    async (id) => {
      expect(await idFor(id)).toBe(id);
    },
  );

  test.each(['', ' ', 'a b', 'x'.repeat(129), '{"a":1}', '<script>', 'ünsane', 'a,b', "a'--"])(
    'is a new one in place of %j',
    async (id) => {
      expect(await idFor(Buffer.from(id).toString('latin1'))).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4/);
    },
  );

  test('is new for each request that brings none, and stands in the error', async () => {
    const [first, second] = [await caller.get('/customers/x'), await caller.get('/customers/x')];
    expect(first.body.requestId).toBe(first.headers.get('x-request-id'));
    expect(first.body.requestId).not.toBe(second.body.requestId);
    const named = await caller.post('/customers', {}, { headers: { 'x-request-id': 'mine' } });
    expect(named.body.requestId).toBe('mine');
  });
});

test('paths are taken by the letter', async () => {
  const { uuid } = (await caller.post('/customers', smallCustomer({ externalId: uniqueText() }))).data.customer;
  for (const path of [`/Customers/${uuid}`, `/customers//${uuid}`, `/customers/${uuid}/x`]) {
    expect((await caller.get(path)).status, path).toBeGreaterThanOrEqual(400);
  }
});
