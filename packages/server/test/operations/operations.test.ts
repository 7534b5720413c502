import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Caller } from '../harness/caller.js';
import { smallCustomer, uniqueText } from '../harness/customers.js';
import { eventually } from '../harness/eventually.js';
import { startServer, type TestServer } from '../harness/server.js';
import { sendByHand, sendBytes } from '../harness/signed-request.js';

let server: TestServer;
let caller: Caller;

beforeAll(async () => {
  server = await startServer({ environment: { COUNTERSIGN_LOG_LEVEL: 'trace', COUNTERSIGN_DEVELOPMENT: 'true' } });
  caller = await server.createCaller();
});
afterAll(() => server.stop());

const get = (target: string) => sendBytes(server.url, { method: 'GET', target });

test.each([
  ['/healthz', { status: 'ok' }],
  ['/readyz', { status: 'ready' }],
])('%s answers without credentials', async (target, body) => {
  const answer = await get(target);
  expect([answer.status, answer.json]).toEqual([200, body]);
  expect((await sendBytes(server.url, { method: 'HEAD', target })).status).toBe(200);
});

describe('/metrics', () => {
  test('counts requests by method, route and status, and names no record', async () => {
    const { uuid, email } = (await caller.post('/customers', smallCustomer())).data.customer;
    await caller.get(`/customers/${uuid}`);
    await caller.get(`/customers/find-by-email?email=${email}`);
    const answer = await get('/metrics');
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toMatch(/^text\/plain/);
    expect(answer.text).toMatch(/_count\{method="POST",route="\/partners\/customers",status="201"\} [1-9]/);
    expect(answer.text).toMatch(/_count\{method="GET",route="\/partners\/customers\/:uuid",status="200"\} [1-9]/);
    expect(answer.text).toMatch(/^countersign_writes [1-9]/m);
    expect(answer.text).not.toContain(uuid);
    expect(answer.text).not.toContain(email);
  });
});

describe('the log', () => {
  test('has a line for each request, and neither secrets nor personal data, even at its most talkative', async () => {
    const [name, phone, notes, search] = [
      uniqueText('Name'),
      uniqueText('+27'),
      uniqueText('note'),
      uniqueText('search'),
    ];
    const input = smallCustomer({ customer: name, mainPhone: phone, notes, contacts: [{ name: `${name}Contact` }] });
    const { uuid } = (await caller.post('/customers', input, { headers: { 'x-request-id': 'log-1' } })).data.customer;
    await caller.get(`/customers/find-by-email?email=${input.email}`);
    await caller.put(`/customers/by-email/${input.email}`, { customer: name });
    await caller.post('/customers', input);
    await caller.post('/customers', { ...input, email: `${input.email} bad` });
    await caller.get('/customers', { query: { search } });
    await caller.get(`/customers/${uuid}`, { headers: { authorization: `Bearer wrong${caller.accessToken}` } });
    await caller.send('POST', '/customers', { rawBody: `{"customer": ${name}` });
    await get(`/nowhere/${input.email}`);
    await sendByHand(server.url, {
      method: 'GET',
      target: `/partners/customers?search=${search}`,
      ...caller,
      secret: 'x',
    });
    await caller.delete(`/customers/${uuid}`, { headers: { 'x-request-id': 'log-last' } });
    await eventually(() => expect(server.log()).toContain('log-last'));
    const log = server.log();
    expect(log).toContain('"requestId":"log-1"');
    expect(log).toContain(caller.app.clientId);
    const { clientSecret } = caller.app;
    const masterKey = server.environment.COUNTERSIGN_MASTER_KEY ?? '';
    for (const secret of [clientSecret, caller.accessToken, masterKey, input.email, name, phone, notes, search]) {
      expect(secret.length).toBeGreaterThan(8);
      expect(log).not.toContain(secret);
    }
    for (const line of log.trim().split('\n')) expect(() => JSON.parse(line), line).not.toThrow();
  });

  test('has no error where nothing went wrong on our side', async () => {
    expect(server.log()).not.toContain('"level":"error"');
  });
});
