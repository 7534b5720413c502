import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Team, WireAnswer } from '../harness/caller.js';
import { smallCustomer } from '../harness/customers.js';
import { startServer, type TestServer } from '../harness/server.js';
import { headersOf, sendByHand, sendBytes } from '../harness/signed-request.js';

let server: TestServer;
let team: Team;

beforeAll(async () => {
  server = await startServer({
    environment: {
      COUNTERSIGN_RATE_LIMIT: '5',
      COUNTERSIGN_AUTH_FAILURE_LIMIT: '5',
      COUNTERSIGN_TRUSTED_PROXIES: '127.0.0.1,10.1.0.0/16',
    },
  });
  team = await server.createTeam();
});
afterAll(() => server.stop());

function expectLimited({ status, body, headers }: WireAnswer): void {
  expect(status).toBe(429);
  expect(body).toMatchObject({ status: 'error', code: 'rate_limit_exceeded', type: 'RATE_LIMITED' });
  const seconds = Number(headers.get('retry-after'));
  expect(Number.isInteger(seconds) && seconds >= 1 && seconds <= 60).toBe(true);
  expect(headers.get('ratelimit-remaining')).toBe('0');
}

describe('a client', () => {
  test('has so many requests a minute, sees them count down, and is then told to wait', async () => {
    const app = await server.createApp();
    const [caller, sibling] = await Promise.all([server.createCaller({ app, team }), server.createCaller({ app })]);
    const answers: WireAnswer[] = [];
    answers.push(await caller.get('/customers'));
    answers.push(await caller.post('/customers', {}));
    answers.push(await caller.get('/customers/nobody'));
    answers.push(await sibling.get('/customers'));
    answers.push(await caller.post('/customers', smallCustomer()));
    expect(answers.map(({ status }) => status)).toEqual([200, 400, 400, 200, 201]);
    for (const [index, { headers }] of answers.entries()) {
      const reset = headers.get('ratelimit-reset');
      expect(Number(reset)).toBeGreaterThan(0);
      expect(Number(reset)).toBeLessThanOrEqual(60);
      expect(Object.fromEntries(headers)).toMatchObject({
        'ratelimit-policy': '"client";q=5;w=60',
        ratelimit: `"client";r=${4 - index};t=${reset}`,
        'ratelimit-limit': '5',
        'ratelimit-remaining': String(4 - index),
      });
      expect(headers.get('retry-after')).toBeNull();
    }
    const fresh = smallCustomer();
    expectLimited(await caller.post('/customers', fresh));
    expectLimited(await sibling.get('/customers'));
    const other = await server.createCaller({ app: await server.createApp(), team });
    expect((await other.get('/customers/find-by-email', { query: { email: fresh.email } })).status).toBe(404);
    expect((await other.get('/customers')).headers.get('ratelimit-remaining')).toBe('3');
  });

  test('may have a limit of its own, or none', async () => {
    const [few, free] = await Promise.all([
      server.createCaller({ app: await server.createApp({ rateLimit: 2 }), team }),
      server.createCaller({ app: await server.createApp({ rateLimit: 0 }), team }),
    ]);
    expect((await few.get('/customers')).headers.get('ratelimit-limit')).toBe('2');
    await few.get('/customers');
    expectLimited(await few.get('/customers'));
    for (let count = 0; count < 8; count++) {
      const answer = await free.get('/customers');
      expect([answer.status, answer.headers.get('ratelimit-limit')]).toEqual([200, null]);
    }
  });

  test('is not charged for requests that it did not sign', async () => {
    const caller = await server.createCaller({ app: await server.createApp(), team });
    for (let count = 0; count < 4; count++) {
      const request = { method: 'GET', target: '/partners/customers', ...caller, secret: 'wrong' };
      const answer = await sendByHand(server.url, { ...request, headers: { 'x-forwarded-for': '192.0.2.1' } });
      expect(answer.status).toBe(401);
    }
    expect((await caller.get('/customers')).headers.get('ratelimit-remaining')).toBe('4');
  });
});

describe('an address', () => {
  const guess = (address: string, headers: Record<string, string> = {}) =>
    sendBytes(server.url, {
      method: 'GET',
      target: '/partners/customers',
      headers: { 'x-forwarded-for': address, ...headers },
    });

  test('may fail so often, and is then refused whatever it sends; others are not', async () => {
    const caller = await server.createCaller({ app: await server.createApp(), team });
    const { app, accessToken } = caller;
    const request = { method: 'GET', target: '/partners/customers', app, accessToken };
    const wrong = headersOf({ ...request, secret: 'wrong' });
    const right = headersOf(request);
    const kinds: readonly Record<string, string>[] = [
      {},
      wrong,
      { ...right, authorization: 'Bearer x' },
      { ...right, 'x-timestamp': '1' },
      { ...right, 'x-client-id': 'x' },
    ];
    for (const [index, headers] of kinds.entries()) {
      const answer = await guess('203.0.113.9', headers);
      expect(answer.status).toBe(401);
      expect(answer.headers.has('ratelimit-remaining')).toBe(true);
      if (index === 0) expect(answer.headers.get('ratelimit-policy')).toBe('"auth-failures";q=5;w=60');
    }
    expectLimited(await guess('203.0.113.9'));
    expectLimited(await guess('203.0.113.9', right));
    expect((await guess('203.0.113.10', right)).status).toBe(200);
    expect((await caller.get('/customers')).status).toBe(200);
  });

  test.each([
    ['with ports', (index: number) => `198.51.100.1:${1_000 + index}`, '198.51.100.1'],
    ['of IPv6 with ports', (index: number) => `[2001:db8::${index}]:${index}`, '2001:db8::ff'],
    ['of IPv6 in brackets', (index: number) => `[2001:db8:0:1::${index}]`, '2001:db8:0:1::ff'],
    ['behind odd texts', (index: number) => `unknown-${index}, 198.51.100.2`, '198.51.100.2'],
    ['that are odd texts, which are the proxy', (index: number) => `odd-${index}, 10.1.0.1`, '_hidden, 10.1.0.1'],
    [
      'that are odd texts behind others',
      (index: number) => `198.51.100.${index}, 0x7f.${index}, 10.1.0.2:9`,
      '[::1]:x, 10.1.0.2',
    ],
  ])('is the same for entries %s', async (_name, entry, again) => {
    for (let count = 0; count < 5; count++) expect((await guess(entry(count + 1))).status).toBe(401);
    expectLimited(await guess(again));
  });

  test('is not counted for requests that were let in, whatever became of them', async () => {
    const caller = await server.createCaller({ app: await server.createApp({ rateLimit: 0 }), team });
    const headers = { 'x-forwarded-for': '203.0.113.20' };
    for (let count = 0; count < 8; count++) {
      expect((await caller.get('/customers/nobody', { headers })).status).toBe(400);
    }
    expect((await caller.get('/customers', { headers })).status).toBe(200);
  });
});

test('X-Forwarded-For is not believed from an address that is no proxy of ours', async () => {
  const strict = await startServer({ environment: { COUNTERSIGN_AUTH_FAILURE_LIMIT: '2' } });
  try {
    const guess = (address: string) =>
      sendBytes(strict.url, { method: 'GET', target: '/partners/customers', headers: { 'x-forwarded-for': address } });
    expect([
      (await guess('10.0.0.1')).status,
      (await guess('10.0.0.2')).status,
      (await guess('10.0.0.3')).status,
    ]).toEqual([401, 401, 429]);
  } finally {
    await strict.stop();
  }
});
