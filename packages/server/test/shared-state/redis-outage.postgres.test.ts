import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Caller } from '../harness/caller.js';
import { smallCustomer } from '../harness/customers.js';
import { eventually } from '../harness/eventually.js';
import { expectInTime } from '../harness/in-time.js';
import { isMissing } from '../harness/is-missing.js';
import { type PrivateRedis, privateRedis } from '../harness/private-redis.js';
import type { TestServer } from '../harness/server.js';
import { sendBytes } from '../harness/signed-request.js';
import { startTwoServers, type TwoServers } from '../harness/two-servers.js';

let redis: PrivateRedis;
let servers: TwoServers;
let callers: readonly [Caller, Caller];

// The tests go through one life of two processes, in this order: Redis comes late, is killed, hangs, and is emptied.
beforeAll(async () => {
  redis = await privateRedis({ isStarted: false });
  servers = await startTwoServers({ COUNTERSIGN_REDIS_URL: redis.url });
  callers = await servers.createCallers(await servers.first.createApp({ rateLimit: 1_000_000 }));
});
afterAll(async () => {
  await servers.stop();
  await redis.stop();
});

const READY = { status: 'ready' };
const DEGRADED = { status: 'degraded', degraded: ['redis'] };

async function readiness({ url }: TestServer): Promise<unknown> {
  const answer = await sendBytes(url, { method: 'GET', target: '/readyz' });
  expect(answer.status).toBe(200);
  return answer.json;
}

async function waitForReadiness(expected: object): Promise<void> {
  for (const server of servers.both) {
    await eventually(async () => expect(await readiness(server)).toEqual(expected));
  }
}

/** Both processes have warned of so many outages and told their ends, and of no more. */
async function expectOutagesLogged(count: number): Promise<void> {
  for (const server of servers.both) {
    const linesWith = (text: string) => server.log().split(text).length - 1;
    await eventually(() => expect(linesWith('Redis is back')).toBe(count));
    expect(linesWith('Redis is away')).toBe(count);
  }
}

/** What one process counts, the other counts too. */
async function expectShared(): Promise<void> {
  const [here, there] = await createLimitedCallers(1);
  expect((await here.get('/customers')).status).toBe(200);
  expect((await there.get('/customers')).status).toBe(429);
}

async function createLimitedCallers(rateLimit: number): Promise<readonly [Caller, Caller]> {
  return servers.createCallers(await servers.first.createApp({ rateLimit }), callers[0].team);
}

interface Load {
  readonly slowestMs: () => number;
  readonly sent: () => number;
  /** Ends it and gives the statuses that were answered. */
  end(): Promise<ReadonlySet<number>>;
}

/** Writes and reads by way of both processes, a few at a time, without a pause. */
function startLoad(): Load {
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
  await eventually(() => expect(load.sent()).toBeGreaterThan(before + 100));
}

describe.skipIf(isMissing('redis-server'))('Redis that', () => {
  test('is away at the start leaves each process to itself, and is taken up when it comes', async () => {
    await waitForReadiness(DEGRADED);
    const limited = await createLimitedCallers(2);
    for (const caller of limited) {
      const answers = [await caller.get('/customers'), await caller.get('/customers'), await caller.get('/customers')];
      expect(answers.map(({ status }) => status)).toEqual([200, 200, 429]);
    }
    await redis.start();
    await waitForReadiness(READY);
    await expectOutagesLogged(1);
    await expectShared();
  });

  test('is killed under load fails no request, is warned of once, and is shared again once it is back', async () => {
    const load = startLoad();
    await sendMore(load);
    await redis.signal('SIGKILL');
    await waitForReadiness(DEGRADED);
    await sendMore(load);
    await redis.start();
    await waitForReadiness(READY);
    await sendMore(load);
    expect(await load.end()).toEqual(new Set([200, 201]));
    await expectOutagesLogged(2);
    await expectShared();
    const limited = await createLimitedCallers(4);
    const statuses: number[] = [];
    for (const caller of [...limited, ...limited, ...limited]) statuses.push((await caller.get('/customers')).status);
    expect(statuses).toEqual([200, 200, 200, 200, 429, 429]);
  });

  test('hangs holds requests up once, and for a moment only', async () => {
    const load = startLoad();
    await sendMore(load);
    const floorMs = load.slowestMs();
    await redis.signal('SIGSTOP');
    await waitForReadiness(DEGRADED);
    await sendMore(load);
    await redis.signal('SIGCONT');
    await waitForReadiness(READY);
    await sendMore(load);
    expect(await load.end()).toEqual(new Set([200, 201]));
    expectInTime(load.slowestMs(), { limitMs: 2_000, floorMs });
    await expectOutagesLogged(3);
    await expectShared();
  });
});
