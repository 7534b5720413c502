import { readdirSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { smallCustomer } from '../harness/customers.js';
import { type DevServer, startDevServer } from '../harness/dev-server.js';
import { startServer } from '../harness/server.js';
import { sendBytes } from '../harness/signed-request.js';

let server: DevServer;

beforeAll(async () => {
  server = await startDevServer();
});
afterAll(() => server.stop());

const list = { method: 'GET', target: '/_test/requests' };

test.each([
  ['the page of another origin', { origin: 'https://evil.example' }],
  ['a page of its own origin, which may have been written into', { 'sec-fetch-site': 'same-origin' }],
  ['a name that only resolves to this machine', { host: 'evil.example' }],
  ['a name that begins like this machine', { host: 'localhost.evil.example:8080' }],
  ['a proxy', { 'x-forwarded-for': '127.0.0.1' }],
])('the control plane refuses %s', async (_who, headers) => {
  const answer = await sendBytes(server.url, { ...list, headers });
  expect([answer.status, Object.keys(answer.body)]).toEqual([403, ['message']]);
  expect(answer.headers.get('access-control-allow-origin')).toBeNull();
});

test('a browser that asks beforehand is refused', async () => {
  const headers = { origin: 'https://evil.example', 'access-control-request-method': 'POST' };
  const answer = await sendBytes(server.url, { method: 'OPTIONS', target: '/_test/reset', headers });
  expect([answer.status, answer.headers.get('access-control-allow-origin')]).toEqual([403, null]);
});

test.each(['localhost', '127.0.0.1:1', '[::1]:8080', 'LOCALHOST:80'])(
  'it answers a test that calls it %s',
  async (host) => {
    expect((await sendBytes(server.url, { ...list, headers: { host } })).status).toBe(200);
  },
);

test('it does not exist in serve, and not in dev where others may reach it', async () => {
  const [served, open] = await Promise.all([startServer(), startDevServer(['--ephemeral', '--host', '0.0.0.0'])]);
  try {
    const local = open.url.replace('0.0.0.0', '127.0.0.1');
    for (const url of [served.url, local]) {
      const answer = await sendBytes(url, { method: 'POST', target: '/_test/reset', body: '{"to":"empty"}' });
      expect([answer.status, answer.body.code]).toEqual([404, 'route_not_found']);
    }
  } finally {
    await Promise.all([served.stop(), open.stop()]);
  }
});

test('nobody reaches it by an address of the network', async () => {
  const addresses = Object.values(networkInterfaces()).flatMap((found) => found ?? []);
  for (const { address } of addresses.filter(({ internal, family }) => !internal && family === 'IPv4')) {
    await expect(fetch(`http://${address}:${new URL(server.url).port}/_test/requests`)).rejects.toThrow();
  }
});

test.each([
  ['POST', 'reset', { to: 'somewhere' }],
  ['POST', 'snapshots', {}],
  ['PATCH', 'clock', { now: 'tomorrow' }],
  ['PATCH', 'clock', { now: '2030-01-01T00:00:00Z', advanceSeconds: 1 }],
  ['PATCH', 'clock', { advanceSeconds: -1 }],
  ['POST', 'faults', { do: { cut: 'sometimes' } }],
  ['POST', 'faults', { do: { cut: 'before', delayMs: 5 } }],
  ['POST', 'faults', { match: { url: '/' }, do: { cut: 'before' } }],
  ['POST', 'faults', { match: { path: 'https://x.example/' }, do: { limitReached: true } }],
  ['POST', 'teams', { name: ' ' }],
  ['POST', 'tokens', { clientId: 'none', team: 'none' }],
  ['POST', 'apps', []],
])('%s /_test/%s says in its message what is wrong with %j', async (method, path, body) => {
  const answer = await server.control(method, path, body);
  expect([answer.status, answer.json]).toEqual([400, { message: expect.stringMatching(/\S \S/) }]);
});

test('an unknown route and a snapshot that was never taken are 404 with a message', async () => {
  for (const path of ['nothing', 'snapshots/never/restore']) {
    const answer = await server.control('POST', path, {});
    expect([answer.status, Object.keys(answer.json)]).toEqual([404, ['message']]);
  }
});

test('a restore brings back customers, searches and deleted records as they were', async () => {
  const caller = await server.createCaller();
  const kept = (await caller.post('/customers', { ...smallCustomer(), customer: 'Kept Quixotic' })).data.customer;
  expect((await server.control('POST', 'snapshots', { name: 'before é/1' })).status).toBe(201);
  await caller.delete(`/customers/${kept.uuid}`);
  const added = (await caller.post('/customers', { ...smallCustomer(), customer: 'Added Quixotic' })).data.customer;
  expect((await server.control('POST', `snapshots/${encodeURIComponent('before é/1')}/restore`)).status).toBe(204);
  const found = (await caller.get('/customers', { query: { search: 'quixotic' } })).data;
  expect(found.customers).toEqual([kept]);
  expect((await caller.get(`/customers/${added.uuid}`)).status).toBe(404);
  const after = (await caller.post('/customers', { ...smallCustomer(), customer: 'After Quixotic' })).data.customer;
  const again = (await caller.get('/customers', { query: { search: 'quixotic' } })).data;
  expect(again.customers.map(({ uuid }) => uuid)).toEqual([after.uuid, kept.uuid]);
});

test('requests in flight end before their data is exchanged', async () => {
  const caller = await server.createCaller();
  await server.control('POST', 'snapshots', { name: 'busy' });
  const creates = Array.from({ length: 50 }, () => caller.post('/customers', smallCustomer()));
  const [restored, ...answers] = await Promise.all([server.control('POST', 'snapshots/busy/restore'), ...creates]);
  expect(restored?.status).toBe(204);
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]));
});

test('a reset leaves nothing, or the demo, and ends faults, noted requests and moves of the clock', async () => {
  const caller = await server.createCaller();
  await server.control('POST', 'faults', { do: { cut: 'before' } });
  await server.control('PATCH', 'clock', { advanceSeconds: 86_400, frozen: true });
  expect((await server.control('POST', 'reset', { to: 'empty' })).status).toBe(204);
  expect((await caller.get('/customers')).body.code).toBe('invalid_client');
  expect((await server.control('GET', 'faults')).json.faults).toEqual([]);
  expect((await server.control('GET', 'clock')).json).toMatchObject({ frozen: false });
  const { demo } = (await server.control('POST', 'reset', { to: 'demo' })).json;
  expect((await server.control('GET', 'requests')).json.requests, server.log()).toEqual([]);
  expect(demo.accessToken).toMatch(/^cs_at_/);
});

test('what was received is told without secrets', async () => {
  const caller = await server.createCaller();
  await caller.post('/customers', { ...smallCustomer(), customer: 'Told' }, { headers: { 'idempotency-key': 'k-1' } });
  await caller.post('/refresh-user-access-token', { grantType: 'refresh_token', refreshToken: 'cs_rt_not_one' });
  const { json, text } = await server.control('GET', 'requests');
  expect(json.requests.slice(-2)).toMatchObject([
    {
      method: 'POST',
      path: '/partners/customers',
      clientId: caller.app.clientId,
      status: 201,
      headers: { 'idempotency-key': 'k-1' },
      body: { customer: 'Told' },
    },
    { path: '/partners/refresh-user-access-token', body: { refreshToken: '[hidden]' } },
  ]);
  for (const secret of ['cs_rt_not_one', caller.accessToken, caller.app.clientSecret])
    expect(text).not.toContain(secret);
});

test.each(['SIGTERM', 'SIGINT'] as const)('nothing is left of an ephemeral server after %s', async (signal) => {
  const other = await startDevServer();
  await other.control('POST', 'snapshots', { name: 'one' });
  await other.control('POST', 'reset', { to: 'empty' });
  expect(readdirSync(other.folder)).not.toEqual([]);
  expect(await other.end(signal)).toBe(0);
  expect(readdirSync(other.folder)).toEqual([]);
  await other.stop();
});
