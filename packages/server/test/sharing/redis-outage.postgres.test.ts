import { afterEach, describe, expect, test, vi } from 'vitest';
import type { Caller } from '../harness/caller.js';
import { smallCustomer } from '../harness/customers.js';
import { isMissing } from '../harness/is-missing.js';
import { type PrivateRedis, privateRedis } from '../harness/private-redis.js';
import type { TestServer } from '../harness/server.js';
import { headersOf, sendBytes } from '../harness/signed-request.js';
import { startTwoServers, type TwoServers } from '../harness/two-servers.js';

let redis: PrivateRedis;
let servers: TwoServers;

afterEach(async () => {
  await servers.stop();
  await redis.stop();
});

async function start(options: { readonly isRedisStarted: boolean }): Promise<void> {
  redis = await privateRedis({ isStarted: options.isRedisStarted });
  servers = await startTwoServers({ COUNTERSIGN_REDIS_URL: redis.url });
}

const READY = { status: 'ready' };
const DEGRADED = { status: 'degraded', degraded: ['redis'] };

async function readiness({ url }: TestServer): Promise<unknown> {
  const answer = await sendBytes(url, { method: 'GET', target: '/readyz' });
  expect(answer.status).toBe(200);
  return answer.json;
}

async function waitForReadiness(expected: object): Promise<void> {
  for (const server of servers.both) {
    await vi.waitFor(async () => expect(await readiness(server)).toEqual(expected), { timeout: 10_000, interval: 20 });
  }
}

/** Warnings of an outage, and of its end. */
async function expectOutagesLogged(count: number): Promise<void> {
  for (const server of servers.both) {
    const linesWith = (text: string) =>
      server
        .log()
        .split('\n')
        .filter((line) => line.includes(text)).length;
    await vi.waitFor(() => expect([linesWith('Redis is away'), linesWith('Redis is back')]).toEqual([count, count]), {
      timeout: 5_000,
    });
  }
}

async function expectShared(): Promise<void> {
  const callers = await servers.createCallers(await servers.first.createApp({ rateLimit: 4 }));
  const answers = [];
  for (let index = 0; index < 6; index++) answers.push(await callers[index % 2 === 0 ? 0 : 1].get('/customers'));
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 429, 429]);
  const request = signedCreate(callers[0], await servers.first.createAccessToken(callers[0].app, callers[0].team));
  const fresh = await servers.createCallers(await servers.first.createApp(), callers[0].team);
  const other = signedCreate(fresh[0], fresh[0].accessToken);
  expect(request).not.toEqual(other);
  expect((await sendBytes(servers.first.url, other)).status).toBe(201);
  expect((await sendBytes(servers.second.url, other)).body.code).toBe('replayed_request');
}

function signedCreate({ app }: Caller, accessToken: string) {
  const method = 'POST';
  const target = '/partners/customers';
  const body = JSON.stringify(smallCustomer());
  return { method, target, body, headers: headersOf({ method, target, body, app, accessToken }) };
}

interface Load {
  readonly slowestMs: () => number;
  readonly sent: () => number;
  /** Ends it and gives the statuses that were answered. */
  end(): Promise<ReadonlySet<number>>;
}

/** Writes and reads by way of both processes, a few at a time, without a pause. */
async function startLoad(): Promise<Load> {
  const callers = await servers.createCallers(await servers.first.createApp({ rateLimit: 1_000_000 }));
  const answered = new Set<number>();
  let [isOver, sent, slowestMs] = [false, 0, 0];
  const run = async (caller: Caller) => {
    while (!isOver) {
      const startedAt = performance.now();
      const answer = await (sent % 2 === 0 ? caller.post('/customers', smallCustomer()) : caller.get('/customers'));
      slowestMs = Math.max(slowestMs, performance.now() - startedAt);
      answered.add(answer.status);
      sent += 1;
    }
  };
  const running = Promise.all([...callers, ...callers].map(run));
  return {
    slowestMs: () => slowestMs,
    sent: () => sent,
    async end() {
      isOver = true;
      await running;
      return answered;
    },
  };
}

async function sendMore(load: Load): Promise<void> {
  const before = load.sent();
  await vi.waitFor(() => expect(load.sent()).toBeGreaterThan(before + 100), { timeout: 20_000, interval: 20 });
}

describe.skipIf(isMissing('redis-server'))('Redis that', () => {
  test('is killed under load fails no request, is warned of once, and is shared again once it is back', async () => {
    await start({ isRedisStarted: true });
    await waitForReadiness(READY);
    const load = await startLoad();
    await sendMore(load);
    await redis.signal('SIGKILL');
    await waitForReadiness(DEGRADED);
    await sendMore(load);
    await redis.start();
    await waitForReadiness(READY);
    await sendMore(load);
    expect(await load.end()).toEqual(new Set([200, 201]));
    await expectOutagesLogged(1);
    await expectShared();
  });

  test('hangs holds requests up once and for a moment only', async () => {
    await start({ isRedisStarted: true });
    await waitForReadiness(READY);
    const load = await startLoad();
    await sendMore(load);
    await redis.signal('SIGSTOP');
    await waitForReadiness(DEGRADED);
    await sendMore(load);
    await redis.signal('SIGCONT');
    await waitForReadiness(READY);
    await sendMore(load);
    expect(await load.end()).toEqual(new Set([200, 201]));
    expect(load.slowestMs()).toBeLessThan(2_000);
    await expectOutagesLogged(1);
    await expectShared();
  });

  test('is away at the start is taken up when it comes', async () => {
    await start({ isRedisStarted: false });
    await waitForReadiness(DEGRADED);
    const callers = await servers.createCallers(await servers.first.createApp({ rateLimit: 2 }));
    for (const caller of callers) {
      const answers = [await caller.get('/customers'), await caller.get('/customers'), await caller.get('/customers')];
      expect(answers.map(({ status }) => status)).toEqual([200, 200, 429]);
    }
    await redis.start();
    await waitForReadiness(READY);
    await expectOutagesLogged(1);
    await expectShared();
  });

  test('comes back empty lets no request in again on the process that had let it in', async () => {
    await start({ isRedisStarted: true });
    const [caller] = await servers.createCallers(await servers.first.createApp());
    const replay = async (request: ReturnType<typeof signedCreate>) =>
      (await sendBytes(servers.first.url, request)).body.code;
    const before = signedCreate(caller, caller.accessToken);
    expect((await sendBytes(servers.first.url, before)).status).toBe(201);
    await redis.signal('SIGKILL');
    await waitForReadiness(DEGRADED);
    expect(await replay(before)).toBe('replayed_request');
    const during = signedCreate(caller, caller.accessToken);
    expect((await sendBytes(servers.first.url, during)).status).toBe(201);
    expect(await replay(during)).toBe('replayed_request');
    await redis.start();
    await waitForReadiness(READY);
    expect([await replay(before), await replay(during)]).toEqual(['replayed_request', 'replayed_request']);
  });
});
