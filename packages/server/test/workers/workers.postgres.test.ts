import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createMember, getTokens, openScene, postSigned, tryToken } from '../harness/authorization.js';
import type { Caller, Team, WireAnswer } from '../harness/caller.js';
import { smallCustomer } from '../harness/customers.js';
import { eventually } from '../harness/eventually.js';
import { expectInTime, floorOf, timeOf } from '../harness/in-time.js';
import { startServer, type TestServer } from '../harness/server.js';
import { headersOf, type PlainRequest, sendBytes } from '../harness/signed-request.js';
import { webPerson } from '../harness/web-person.js';

const WORKERS = 2;

let server: TestServer;
let caller: Caller;
let team: Team;

beforeAll(async () => {
  server = await startServer({
    environment: {
      COUNTERSIGN_WORKERS: String(WORKERS),
      COUNTERSIGN_AUTH_FAILURE_LIMIT: '5',
      COUNTERSIGN_TRUSTED_PROXIES: '127.0.0.1',
      COUNTERSIGN_LOG_LEVEL: 'info',
    },
  });
  caller = await server.createCaller();
  team = caller.team;
});
afterAll(() => server.stop());

let addresses = 0;

/** Each request comes on a connection of its own, so that the workers take turns, and from an address of its own. */
function send(request: PlainRequest): Promise<WireAnswer> {
  addresses += 1;
  const own = { connection: 'close', 'x-forwarded-for': `10.${addresses >> 8}.${addresses & 255}.1` };
  return sendBytes(server.url, { ...request, headers: { ...own, ...request.headers } });
}

function signed(method: string, body?: object, from: Pick<Caller, 'app' | 'accessToken'> = caller): PlainRequest {
  const target = '/partners/customers';
  const text = body === undefined ? {} : { body: JSON.stringify(body) };
  return { method, target, ...text, headers: headersOf({ method, target, ...text, ...from }) };
}

async function times<T>(count: number, work: (index: number) => Promise<T>): Promise<T[]> {
  return Promise.all(Array.from({ length: count }, (_, index) => work(index)));
}

/** The worker processes that live now. */
function workerPids(): number[] {
  const children = readFileSync(`/proc/${server.pid}/task/${server.pid}/children`, 'utf8');
  return children.trim().split(/\s+/).filter(Boolean).map(Number);
}

/** The workers that a line of the log with this text came from. */
function workersInLog(text: string): Set<unknown> {
  const lines = server.log().split('\n');
  return new Set(lines.filter((line) => line.includes(text)).map((line) => JSON.parse(line).worker));
}

const hasEnded = (pid: number) => {
  try {
    process.kill(pid, 0);
    return false;
  } catch {
    return true;
  }
};

describe('several workers', () => {
  test('are as many as were asked for, and all of them serve on the one port that was told', async () => {
    expect(workerPids()).toHaveLength(WORKERS);
    expect(new Set(await times(20, async () => (await send({ method: 'GET', target: '/readyz' })).status))).toEqual(
      new Set([200]),
    );
    await eventually(() => expect(workersInLog('"route":"/readyz"').size).toBe(WORKERS));
  });

  test('share one rate limit exactly', async () => {
    const limited = await server.createCaller({ team, app: await server.createApp({ rateLimit: 20 }) });
    const answers = await times(40, () => send(signed('GET', undefined, limited)));
    expect(answers.map(({ status }) => status).sort()).toEqual([...Array(20).fill(200), ...Array(20).fill(429)]);
  });

  test('carry out one of many very same requests, and never a second', async () => {
    const request = signed('POST', smallCustomer());
    const answers = await times(20, () => send(request));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, ...Array(19).fill(409)]);
    const made = answers.find(({ status }) => status === 201)?.data.customer.uuid;
    expect((await caller.delete(`/customers/${made}`)).status).toBe(200);
    const again = await times(20, () => send(request));
    expect(again.map(({ body }) => body.code)).toEqual(Array(20).fill('replayed_request'));
  });

  test('count failed authentications of an address together', async () => {
    const address = { 'x-forwarded-for': '203.0.113.90' };
    const wrong = { method: 'GET', target: '/partners/customers', headers: address };
    for (let failure = 0; failure < 5; failure++) expect((await send(wrong)).status).toBe(401);
    const right = signed('GET');
    await eventually(async () => {
      const answers = await times(10, () => send({ ...right, headers: { ...right.headers, ...address } }));
      expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(429));
    });
  });

  test('count guesses at a password together', async () => {
    const member = await createMember(server, [team]);
    const tries: number[] = [];
    for (let guess = 0; guess < 13; guess++) {
      tries.push((await webPerson(server.url).signIn(member.email, `guess ${guess}`)).status);
    }
    expect(tries).toEqual([...Array<number>(11).fill(400), 429, 429]);
  });

  test('take no token any more within a second of its end', async () => {
    const scene = await openScene(server);
    const { accessToken, refreshToken } = await getTokens(server, scene);
    expect(await times(10, () => tryToken(server, scene.app, accessToken))).toEqual(Array(10).fill(200));
    const readByAll = () => times(10, () => send(signed('GET', undefined, { app: scene.app, accessToken })));
    const floorMs = await floorOf(readByAll);
    await postSigned(server, scene.app, { path: '/revoke-token', body: { token: refreshToken } });
    const tookMs = await timeOf(() =>
      eventually(async () => expect((await readByAll()).map(({ status }) => status)).toEqual(Array(10).fill(401))),
    );
    expectInTime(tookMs, { limitMs: 1_000, floorMs });
  });

  test('answer for each other when they are asked for metrics', async () => {
    const counted = async () => {
      const { status, text } = await send({ method: 'GET', target: '/metrics' });
      expect(status).toBe(200);
      return Number(/_count\{method="GET",route="\/healthz",status="200"\} (\d+)/.exec(text)?.[1] ?? 0);
    };
    const before = await counted();
    await times(30, () => send({ method: 'GET', target: '/healthz' }));
    await eventually(async () => expect(await times(4, counted)).toEqual(Array(4).fill(before + 30)));
  });
});

describe('when workers end', () => {
  async function expectReplaced(ended: readonly number[]): Promise<void> {
    await eventually(() => {
      expect(workerPids()).toHaveLength(WORKERS);
      expect(workerPids().filter((pid) => ended.includes(pid))).toEqual([]);
    });
  }

  test('one that is killed is replaced, while the others answer every new connection', async () => {
    const [pid = 0] = workerPids();
    process.kill(pid, 'SIGKILL');
    await eventually(() => expect(hasEnded(pid)).toBe(true));
    const answers = await times(20, () => send(signed('POST', smallCustomer())));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]));
    await expectReplaced([pid]);
    await eventually(() => expect(server.log()).toContain('"signal":"SIGKILL"'));
  });

  test('all that are killed at once are replaced on the same port', async () => {
    const pids = workerPids();
    for (const pid of pids) process.kill(pid, 'SIGKILL');
    await expectReplaced(pids);
    await eventually(async () => expect((await send(signed('GET'))).status).toBe(200));
  });

  test('the primary process that is killed takes them along', async () => {
    const pids = workerPids();
    expect(pids).toHaveLength(WORKERS);
    await server.end('SIGKILL');
    await eventually(() => expect(pids.filter((pid) => !hasEnded(pid))).toEqual([]));
  });
});
