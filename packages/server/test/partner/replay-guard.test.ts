import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Caller } from '../harness/caller.js';
import { smallCustomer, uniqueText } from '../harness/customers.js';
import { startServer, type TestServer } from '../harness/server.js';
import { headersOf, type PlainRequest, secondsNow, sendBytes } from '../harness/signed-request.js';

let server: TestServer;
let caller: Caller;

beforeAll(async () => {
  server = await startServer({
    environment: { COUNTERSIGN_AUTH_FAILURE_LIMIT: '3', COUNTERSIGN_TRUSTED_PROXIES: '127.0.0.1' },
  });
  caller = await server.createCaller();
});
afterAll(() => server.stop());

/** A signed request that can be sent more than once. */
function signedOnce(
  method: string,
  path: string,
  fields: { readonly body?: string; readonly timestamp?: string } = {},
): PlainRequest {
  const { body } = fields;
  const target = `/partners${path}`;
  const headers = headersOf({ method, target, app: caller.app, accessToken: caller.accessToken, ...fields });
  // Each from an address of its own: failures are counted by address.
  headers['x-forwarded-for'] = `10.${Math.floor(Math.random() * 250)}.${Math.floor(Math.random() * 250)}.1`;
  return { method, target, headers, ...(body === undefined ? {} : { body }) };
}
const send = (request: PlainRequest, headers: Record<string, string> = {}) =>
  sendBytes(server.url, { ...request, headers: { ...request.headers, ...headers } });
const without = (request: PlainRequest, name: string): PlainRequest => {
  const { [name]: _, ...headers } = request.headers ?? {};
  return { ...request, headers };
};
const newBody = () => JSON.stringify(smallCustomer());
const created = async () => (await caller.post('/customers', smallCustomer())).data.customer;

describe('the very same signed request', () => {
  test('is refused the second time, for every method that changes something', async () => {
    const { uuid } = await created();
    const requests = [
      signedOnce('POST', '/customers', { body: newBody() }),
      signedOnce('PUT', `/customers/${uuid}`, { body: '{"notes":"a"}' }),
      signedOnce('PATCH', `/customers/${uuid}`, { body: '{"notes":"b"}' }),
      signedOnce('DELETE', `/customers/${uuid}`),
    ];
    for (const request of requests) {
      expect((await send(request)).status, request.method).toBeLessThan(300);
      const again = await send(request);
      expect([again.status, again.body.code], request.method).toEqual([401, 'replayed_request']);
    }
  });

  test('may be repeated when it reads', async () => {
    const { uuid } = await created();
    const request = signedOnce('GET', `/customers/${uuid}`);
    for (let round = 0; round < 3; round++) expect((await send(request)).status).toBe(200);
  });

  test('is refused also when it comes twice at once', async () => {
    const request = signedOnce('POST', '/customers', { body: newBody() });
    const answers = await Promise.all(Array.from({ length: 8 }, () => send(request)));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, ...Array(7).fill(401)]);
  });

  test('is refused after it was refused for what it asked: its signature was accepted', async () => {
    const request = signedOnce('POST', '/customers', { body: '{}' });
    expect((await send(request)).body.code).toBe('validation_error');
    expect((await send(request)).body.code).toBe('replayed_request');
  });

  test('is another one with another timestamp', async () => {
    const { uuid } = await created();
    for (const timestamp of [secondsNow(), secondsNow(1), `${secondsNow()}000`]) {
      expect((await send(signedOnce('PATCH', `/customers/${uuid}`, { body: '{"notes":"a"}', timestamp }))).status).toBe(
        200,
      );
    }
  });

  test('with an Idempotency-Key gets the first answer again', async () => {
    const request = signedOnce('POST', '/customers', { body: newBody() });
    const key = { 'idempotency-key': uniqueText() };
    const first = await send(request, key);
    const second = await send(request, key);
    expect([first.status, second.status, second.text]).toEqual([201, 201, first.text]);
    expect(second.headers.get('idempotency-replayed')).toBe('true');
  });

  test('is refused once the key that it came with is taken away', async () => {
    const request = signedOnce('POST', '/customers', { body: newBody() });
    expect((await send(request, { 'idempotency-key': uniqueText() })).status).toBe(201);
    expect((await send(request)).body.code).toBe('replayed_request');
  });
});

describe('a request that was not let in', () => {
  test('may be sent again after 401', async () => {
    const request = signedOnce('POST', '/customers', { body: newBody() });
    expect((await send(without(request, 'authorization'))).body.code).toBe('missing_token');
    expect((await send(request, { authorization: 'Bearer wrong' })).body.code).toBe('invalid_token');
    expect((await send(request)).status).toBe(201);
  });

  test('may be sent again with a token that has the scope it lacked', async () => {
    const reader = await server.createAccessToken(caller.app, caller.team, ['customers:read']);
    const request = signedOnce('POST', '/customers', { body: newBody() });
    expect((await send(request, { authorization: `Bearer ${reader}` })).body.code).toBe('insufficient_scope');
    expect((await send(request)).status).toBe(201);
  });

  test('may be sent again after 429', async () => {
    const request = signedOnce('POST', '/customers', { body: newBody() });
    const address = { 'x-forwarded-for': '192.0.2.77' };
    for (let failure = 0; failure < 3; failure++) await send(without(request, 'x-signature'), address);
    expect((await send(request, address)).status).toBe(429);
    expect((await send(request)).status).toBe(201);
  });
});
