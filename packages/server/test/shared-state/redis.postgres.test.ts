import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  createMember,
  getTokens,
  openScene,
  postSigned,
  refresh,
  tokensOf,
  tryToken,
} from '../harness/authorization.js';
import type { App, Caller, Team, WireAnswer } from '../harness/caller.js';
import { smallCustomer, uniqueEmail } from '../harness/customers.js';
import { eventually } from '../harness/eventually.js';
import { expectInTime, floorOf, timeOf } from '../harness/in-time.js';
import { isMissing } from '../harness/is-missing.js';
import { type PrivateRedis, privateRedis } from '../harness/private-redis.js';
import type { TestServer } from '../harness/server.js';
import { headersOf, sendBytes } from '../harness/signed-request.js';
import { startTwoServers, type TwoServers } from '../harness/two-servers.js';
import { webPerson } from '../harness/web-person.js';

const PASSWORD = 'a-password-of-redis';

let redis: PrivateRedis;
let servers: TwoServers;
let team: Team;
let callers: readonly [Caller, Caller];

beforeAll(async () => {
  redis = await privateRedis({ password: PASSWORD });
  servers = await startTwoServers({
    COUNTERSIGN_REDIS_URL: redis.url,
    COUNTERSIGN_AUTH_FAILURE_LIMIT: '5',
    COUNTERSIGN_TRUSTED_PROXIES: '127.0.0.1',
    COUNTERSIGN_LOG_LEVEL: 'trace',
    COUNTERSIGN_REFRESH_GRACE_SECONDS: '0',
    COUNTERSIGN_REFRESH_REUSE: 'revoke',
  });
  callers = await servers.createCallers();
  team = callers[0].team;
  for (const { url } of servers.both) {
    await eventually(async () =>
      expect((await sendBytes(url, { method: 'GET', target: '/readyz' })).json).toEqual({ status: 'ready' }),
    );
  }
});
afterAll(async () => {
  await servers.stop();
  await redis.stop();
});

const statuses = (answers: readonly WireAnswer[]) => answers.map(({ status }) => status).sort();

describe.skipIf(isMissing('redis-server'))('two processes with one Redis', () => {
  test('share one rate limit exactly, also when requests come at once', async () => {
    const limited = await servers.createCallers(await servers.first.createApp({ rateLimit: 20 }), team);
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, index) => limited[index % 2 === 0 ? 0 : 1].get('/customers')),
    );
    expect(statuses(answers)).toEqual([...Array(20).fill(200), ...Array(20).fill(429)]);
    const remaining = answers
      .filter(({ status }) => status === 200)
      .map(({ headers }) => Number(headers.get('ratelimit-remaining')));
    expect(remaining.sort((a, b) => b - a)).toEqual(Array.from({ length: 20 }, (_, index) => 19 - index));
  });

  test('count failed authentications of an address together', async () => {
    const [caller] = callers;
    const right = headersOf({ method: 'GET', target: '/partners/customers', ...caller });
    const send = ({ url }: TestServer, headers: Record<string, string> = {}) =>
      sendBytes(url, {
        method: 'GET',
        target: '/partners/customers',
        headers: { ...headers, 'x-forwarded-for': '203.0.113.77' },
      });
    for (let failure = 0; failure < 5; failure++) {
      expect((await send(servers.both[failure % 2 === 0 ? 0 : 1])).status).toBe(401);
    }
    for (const server of servers.both) {
      await eventually(async () => expect((await send(server, right)).status).toBe(429));
    }
    const elsewhere = { ...right, 'x-forwarded-for': '203.0.113.78' };
    const answer = await sendBytes(servers.second.url, {
      method: 'GET',
      target: '/partners/customers',
      headers: elsewhere,
    });
    expect(answer.status).toBe(200);
  });

  test('count guesses at a password together', async () => {
    const member = await createMember(servers.first, [await servers.first.createTeam()]);
    const people = servers.both.map(({ url }) => webPerson(url));
    const tries: number[] = [];
    for (let guess = 0; guess < 13; guess++) {
      tries.push((await people[guess % 2]?.signIn(member.email, `guess ${guess}`))?.status ?? 0);
    }
    expect(tries).toEqual([...Array<number>(11).fill(400), 429, 429]);
  });

  test('know nothing in Redis that identifies a person or lets anybody in', async () => {
    const [caller] = callers;
    const request = signedCreate(caller);
    await sendBytes(servers.first.url, request);
    const email = uniqueEmail();
    await webPerson(servers.first.url).signIn(email, 'guess');
    const keys = await redis.command(['KEYS', '*']);
    expect(keys).toContain('countersign:client-');
    for (const secret of [email, '127.0.0.1', '203.0.113', request.headers['x-signature'] ?? '', caller.accessToken]) {
      expect(keys).not.toContain(secret);
    }
    for (const key of keys.trim().split('\n')) {
      expect(key).toMatch(/^countersign:(?:client-\d+|failures|guesses|wrong-passwords|waits):[\w:-]+$/);
      expect(Number(await redis.command(['PTTL', key])), key).toBeGreaterThan(0);
    }
    for (const server of servers.both) expect(server.log()).not.toContain(PASSWORD);
  });
});

describe.skipIf(isMissing('redis-server'))('a token that ended on one process', () => {
  const endings: Record<string, (app: App, tokens: { accessToken: string; refreshToken: string }) => Promise<unknown>> =
    {
      'by revocation': (app, { refreshToken }) =>
        postSigned(servers.first, app, { path: '/revoke-token', body: { token: refreshToken } }),
      'by a stolen refresh token': async (app, { refreshToken }) => {
        const { accessToken } = tokensOf(await refresh(servers.first, app, refreshToken));
        expect(await tryToken(servers.first, app, accessToken)).toBe(200);
        return refresh(servers.first, app, refreshToken);
      },
      'by disabling its app': ({ clientId }) => servers.first.make(['app', 'disable', '--client-id', clientId]),
      'by deleting its app': ({ clientId }) => servers.first.make(['app', 'delete', '--client-id', clientId, '--yes']),
    };

  test.each(Object.entries(endings))('%s ends on the other within a second', async (_, end) => {
    const scene = await openScene(servers.first);
    const tokens = await getTokens(servers.first, scene);
    for (const server of servers.both) expect(await tryToken(server, scene.app, tokens.accessToken)).toBe(200);
    const tryThere = () => tryToken(servers.second, scene.app, tokens.accessToken);
    const floorMs = await floorOf(tryThere);
    await end(scene.app, tokens);
    const tookMs = await timeOf(() => eventually(async () => expect(await tryThere()).toMatch(/^invalid_/)));
    expectInTime(tookMs, { limitMs: 1_000, floorMs });
  });
});

function signedCreate(caller: { readonly app: App; readonly accessToken: string }) {
  const method = 'POST';
  const target = '/partners/customers';
  const body = JSON.stringify(smallCustomer());
  return { method, target, body, headers: headersOf({ method, target, body, ...caller }) };
}
