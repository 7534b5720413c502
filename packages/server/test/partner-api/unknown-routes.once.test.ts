import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Caller } from '../harness/caller.js';
import { startServer, type TestServer } from '../harness/server.js';
import { type HandMadeRequest, sendByHand, sendBytes } from '../harness/signed-request.js';

let server: TestServer;
let caller: Caller;

beforeAll(async () => {
  server = await startServer();
  caller = await server.createCaller();
});
afterAll(() => server.stop());

describe.each([
  ['GET', '/partners/invoices'],
  ['GET', '/partners'],
  ['POST', '/partners/invoices/1/lines'],
  ['DELETE', '/partners/customers/a/b/c/d'],
  ['PUT', '/partners/Customers'],
])('an unknown route of partners: %s %s', (method, target) => {
  const send = (request: Partial<HandMadeRequest> = {}) =>
    sendByHand(server.url, { method, target, app: caller.app, accessToken: caller.accessToken, ...request });

  test('is 401 without credentials, whatever the body', async () => {
    for (const headers of [{}, { 'content-type': 'text/plain' }]) {
      const body = method === 'POST' ? { body: 'x' } : {};
      const answer = await sendBytes(server.url, { method, target, headers, ...body });
      expect([answer.status, answer.body.code]).toEqual([401, 'missing_credentials']);
    }
  });

  test('is 401 with a wrong signature, or a token that is none', async () => {
    expect((await send({ secret: 'another' })).body.code).toBe('invalid_signature');
    expect((await send({ accessToken: 'cs_at_none' })).body.code).toBe('invalid_token');
  });

  test('is 404 with both, and says what there is', async () => {
    const answer = await send();
    expect([answer.status, answer.body.code]).toEqual([404, 'route_not_found']);
    expect(answer.body.message).toMatch(/Countersign serves customers/);
    expect(answer.headers.get('cache-control')).toBe('no-store');
  });
});

test('a misspelt token route is 404 to an app that has no token yet', async () => {
  const target = '/partners/grant-acess-token';
  const answer = await sendByHand(server.url, { method: 'POST', target, app: caller.app, body: '{}' });
  expect([answer.status, answer.body.code]).toEqual([404, 'route_not_found']);
});

test('a body of any type is 404 where it is signed', async () => {
  const answer = await caller.send('POST', '/invoices', { rawBody: 'a,b', headers: { 'content-type': 'text/csv' } });
  expect(answer.status).toBe(404);
});

test('unknown routes count against the limits of the app and of the address', async () => {
  const app = await server.createApp({ rateLimit: 2 });
  const { accessToken } = await server.createCaller({ app });
  const send = () => sendByHand(server.url, { method: 'GET', target: '/partners/nothing', app, accessToken });
  expect([(await send()).status, (await send()).status, (await send()).status]).toEqual([404, 404, 429]);

  const throttled = await server.startAnother({ COUNTERSIGN_AUTH_FAILURE_LIMIT: '2' });
  const guess = async () => (await sendBytes(throttled.url, { method: 'GET', target: '/partners/nothing' })).status;
  expect([await guess(), await guess(), await guess()]).toEqual([401, 401, 429]);
});

test('outside of partners nobody has to authenticate to be told that there is nothing', async () => {
  const answer = await sendBytes(server.url, { method: 'GET', target: '/nothing' });
  expect([answer.status, answer.body.code]).toEqual([404, 'route_not_found']);
});
