import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { Caller } from '../harness/caller.js';
import { smallCustomer } from '../harness/customers.js';
import { type DevServer, startDevServer } from '../harness/dev-server.js';
import { startReceiver, withStatus } from '../harness/receiver.js';
import { subscribe, untilDeliveries } from '../webhooks/webhook-caller.js';

let server: DevServer;

beforeAll(async () => {
  server = await startDevServer();
});
afterAll(() => server.stop());
afterEach(() => server.control('DELETE', 'faults'));

/** Sends so many creates one after the other and gives how each ended: its status and code, or that nothing came. */
async function outcomesOf(caller: Caller, count: number): Promise<string[]> {
  const outcomes: string[] = [];
  for (let sent = 0; sent < count; sent += 1) {
    const outcome = await caller.post('/customers', smallCustomer()).then(
      ({ status, body }) => `${status} ${body.code ?? ''}`.trim(),
      () => 'lost',
    );
    outcomes.push(outcome);
  }
  return outcomes;
}

const totalOf = async (caller: Caller) => (await caller.get('/customers')).data.pagination.total;

test.each([
  [{ answer: { status: 503, headers: { 'Retry-After': '7' } } }, '503 unavailable', 2],
  [{ answer: { status: 418, code: 'teapot' } }, '418 teapot', 2],
  [{ delayMs: 1 }, '201', 12],
  [{ cut: 'before' }, 'lost', 2],
  [{ cut: 'after-commit' }, 'lost', 12],
  [{ limitReached: true }, '429 rate_limit_exceeded', 2],
])('ten faults of %j befall ten requests and no more', async (effect, outcome, stored) => {
  const caller = await server.createCaller();
  const match = { method: 'post', path: '/partners/customers', clientId: caller.app.clientId };
  await server.control('POST', 'faults', { match, times: 10, do: effect });
  expect(await outcomesOf(caller, 12)).toEqual([...Array(10).fill(outcome), '201', '201']);
  expect((await server.control('GET', 'faults')).json.faults).toMatchObject([{ applied: 10, left: 0 }]);
  expect(await totalOf(caller)).toBe(stored);
});

test('ten requests at once use up ten faults exactly', async () => {
  const caller = await server.createCaller();
  const match = { clientId: caller.app.clientId };
  await server.control('POST', 'faults', { match, times: 10, do: { answer: { status: 500 } } });
  const answers = await Promise.all(Array.from({ length: 30 }, () => caller.get('/customers')));
  expect(answers.filter(({ status }) => status === 500)).toHaveLength(10);
});

test('an access token that a fault ends stays expired, and ten of them are counted', async () => {
  const caller = await server.createCaller();
  const match = { path: '/partners/customers*' };
  await server.control('POST', 'faults', { match, times: 10, do: { expireToken: true } });
  expect(await outcomesOf(caller, 11)).toEqual(Array(11).fill('401 token_expired'));
  expect((await server.control('GET', 'faults')).json.faults).toMatchObject([{ applied: 10, left: 0 }]);
  expect((await (await server.createCaller()).get('/customers')).status).toBe(200);
});

test('a lost answer was a create, and the same key brings the answer back', async () => {
  const caller = await server.createCaller();
  await server.control('POST', 'faults', { do: { cut: 'after-commit' } });
  const customer = smallCustomer();
  const options = { headers: { 'idempotency-key': 'once' } };
  await expect(caller.post('/customers', customer, options)).rejects.toThrow();
  const answer = await caller.post('/customers', customer, options);
  expect([answer.status, answer.headers.get('idempotency-replayed')]).toEqual([201, 'true']);
  expect(await totalOf(caller)).toBe(1);
});

test('faults befall the token routes and the start of sign-in', async () => {
  const caller = await server.createCaller();
  await server.control('POST', 'faults', { match: { path: '/auth2/*' }, do: { answer: { status: 502 } } });
  await server.control('POST', 'faults', { match: { path: '*/grant-access-token' }, do: { answer: { status: 504 } } });
  const started = await fetch(`${server.url}/auth2/authorize-initiate?clientId=x`);
  const granted = await caller.post('/grant-access-token', { grantType: 'authorization_code', code: 'x' });
  expect([started.status, granted.status]).toEqual([502, 504]);
  expect((await caller.get('/customers')).status).toBe(200);
});

test.each([
  [{ answer: { status: 500 } }, 0, { statusCode: 500 }],
  [{ cut: 'before' }, 0, { statusCode: null }],
  [{ cut: 'after-commit' }, 1, { statusCode: null }],
  [{ answer: { status: 204 } }, 0, { statusCode: 204 }],
  [{ delayMs: 1 }, 1, { statusCode: 204 }],
])('a delivery meets %j, and its receiver what is left of it', async (effect, arrived, attempt) => {
  const [caller, receiver] = [await server.createCaller(), await startReceiver(withStatus(204))];
  try {
    const webhook = await subscribe(caller, { callbackUrl: `${receiver.url}/hook` });
    await server.control('POST', 'faults', { match: { path: `${receiver.url}/*` }, do: effect });
    await caller.post('/customers', smallCustomer());
    const [delivery] = await untilDeliveries(caller, webhook, ([first]) => (first?.attempts.length ?? 0) > 0);
    expect(delivery?.attempts).toMatchObject([attempt]);
    expect(receiver.arrivals).toHaveLength(arrived);
    expect((await server.control('GET', 'faults')).json.faults).toMatchObject([{ applied: 1, left: 0 }]);
  } finally {
    await receiver.stop();
  }
});
