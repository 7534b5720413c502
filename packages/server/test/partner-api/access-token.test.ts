import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Caller, createCaller, type WireAnswer } from '../harness/caller.js';
import { smallCustomer } from '../harness/customers.js';
import { eventually } from '../harness/eventually.js';
import { startServer, type TestServer } from '../harness/server.js';
import { sendByHand } from '../harness/signed-request.js';

let server: TestServer;
let caller: Caller;

beforeAll(async () => {
  server = await startServer();
  caller = await server.createCaller();
});
afterAll(() => server.stop());

const sendWith = (authorization: string | undefined) =>
  sendByHand(server.url, { method: 'GET', target: '/partners/customers', app: caller.app, headers: { authorization } });

function expectUnauthorized({ status, body, headers }: WireAnswer, code: string): void {
  expect([status, body.code]).toEqual([401, code]);
  expect(body).toHaveProperty('error', 'invalid_token');
  expect(headers.get('www-authenticate')).toBe('Bearer error="invalid_token"');
}

describe('without a good access token a data route', () => {
  test('asks for one that is missing', async () => {
    expectUnauthorized(await sendWith(undefined), 'missing_token');
    expectUnauthorized(await sendWith(''), 'missing_token');
  });

  test.each([
    'Bearer',
    'Bearer ',
    'Basic dXNlcjpwYXNz',
    'Token x',
    'Bearer a b',
    'x',
    'Bearer ü',
    `Bearer ${'x'.repeat(5000)}`,
  ])('refuses the malformed %j', async (authorization) => {
    expectUnauthorized(await sendWith(Buffer.from(authorization).toString('latin1')), 'invalid_token');
  });

  test('refuses one that it never gave, and one that is nearly right', async () => {
    const { accessToken } = caller;
    for (const token of ['cs_at_unknown', accessToken.slice(0, -1), `${accessToken}x`, accessToken.toUpperCase()]) {
      expectUnauthorized(await sendWith(`Bearer ${token}`), 'invalid_token');
    }
  });

  test('refuses a refresh token and the client secret in its place', async () => {
    const args = ['token', 'create', '--client-id', caller.app.clientId, '--team', caller.team.uuid];
    const { refreshToken } = await server.make<{ refreshToken: string }>(args);
    expectUnauthorized(await sendWith(`Bearer ${refreshToken}`), 'invalid_token');
    expectUnauthorized(await sendWith(`Bearer ${caller.app.clientSecret}`), 'invalid_token');
  });

  test('takes the scheme in any case', async () => {
    expect((await sendWith(`bearer ${caller.accessToken}`)).status).toBe(200);
  });
});

test('an expired access token is refused as expired', async () => {
  const args = ['token', 'create', '--client-id', caller.app.clientId, '--team', caller.team.uuid];
  const short = { COUNTERSIGN_ACCESS_TOKEN_SECONDS: '1' };
  const { accessToken, accessTokenExpiresAt } = await server.make<{
    accessToken: string;
    accessTokenExpiresAt: string;
  }>(args, short);
  const refused = await eventually(async () => {
    const answer = await sendWith(`Bearer ${accessToken}`);
    expect(answer.status).toBe(401);
    return answer;
  });
  expectUnauthorized(refused, 'token_expired');
  expect(refused.body).toHaveProperty('error_description', 'The access token expired');
  expect(Date.parse(accessTokenExpiresAt)).toBeLessThanOrEqual(Date.now());
});

test('a token that was given to another app is refused as theirs', async () => {
  const app = await server.createApp();
  const thief = createCaller({ ...caller, url: server.url, app });
  const answer = await thief.get('/customers');
  expect([answer.status, answer.body.code]).toEqual([403, 'client_mismatch']);
});

describe('scopes', () => {
  test('a token that may only read cannot write, by any route', async () => {
    const reader = await server.createCaller({ team: caller.team, scopes: ['customers:read'] });
    const { uuid } = (await caller.post('/customers', smallCustomer())).data.customer;
    expect((await reader.get(`/customers/${uuid}`)).status).toBe(200);
    expect((await reader.get('/customers')).status).toBe(200);
    const writes: readonly (readonly [string, string, object?])[] = [
      ['POST', '/customers', smallCustomer()],
      ['PUT', `/customers/${uuid}`, {}],
      ['PATCH', `/customers/${uuid}`, {}],
      ['DELETE', `/customers/${uuid}`],
      ['POST', `/customers/${uuid}/restore`],
      ['POST', '/customers/bulk', { customers: [smallCustomer()] }],
      ['PATCH', '/customers/bulk', { customers: [{ uuid }] }],
      ['PUT', '/customers/by-external-id/x', smallCustomer()],
      ['PUT', '/customers/by-email/a@acme.example', { customer: 'x' }],
      ['POST', `/customers/${uuid}/contacts`, { name: 'A' }],
      ['PATCH', `/customers/${uuid}/contacts/${uuid}`, { name: 'A' }],
      ['DELETE', `/customers/${uuid}/contacts/${uuid}`],
    ];
    for (const [method, path, body] of writes) {
      const answer = await reader.send(method, path, body === undefined ? {} : { body });
      expect([answer.status, answer.body.code], `${method} ${path}`).toEqual([403, 'insufficient_scope']);
    }
    expect((await caller.get('/customers')).data.pagination.total).toBe(1);
  });

  test('a token that may only write cannot read', async () => {
    const writer = await server.createCaller({ team: caller.team, scopes: ['customers:write'] });
    const { customer } = (await caller.post('/customers', smallCustomer())).data;
    for (const path of [
      '/customers',
      `/customers/${customer.uuid}`,
      `/customers/${customer.uuid}/contacts`,
      `/customers/find-by-email?email=${customer.email}`,
    ]) {
      const answer = await writer.get(path);
      expect([answer.status, answer.body.code], path).toEqual([403, 'insufficient_scope']);
    }
  });
});
