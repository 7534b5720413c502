import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  createLoopbackApp,
  exchange,
  getCode,
  getTokens,
  openScene,
  postSigned,
  refresh,
  type Scene,
  type Tokens,
  tokensOf,
  tryToken,
} from '../harness/authorization.js';
import type { WireAnswer } from '../harness/caller.js';
import { eventually } from '../harness/eventually.js';
import { startServer, type TestServer } from '../harness/server.js';
import { sendByHand } from '../harness/signed-request.js';

let server: TestServer;
let scene: Scene;

beforeAll(async () => {
  server = await startServer();
  scene = await openScene(server);
});
afterAll(() => server.stop());

const use = (refreshToken: string) => refresh(server, scene.app, refreshToken);
const tryAccess = (accessToken: string) => tryToken(server, scene.app, accessToken);

const GRACE_MS = 86_400_000;

/** Lets time pass for every refresh token that was used. */
const age = (ms: number) =>
  server.database.sql(`update refresh_tokens set used_at = used_at - ${ms} where used_at is not null`);

/** The newest entries of the audit, newest first. */
async function audited(on: TestServer, count: number): Promise<unknown[]> {
  const rows = await on.database.sql(`select event from audit_entries order by id desc limit ${count}`);
  return rows.map(({ event }) => event);
}

/** A refresh as sent byte for byte, signed so many seconds ago. */
const signedRefresh = (app: Scene['app'], refreshToken: string, secondsAgo = 0) => ({
  method: 'POST',
  target: '/partners/refresh-user-access-token',
  app,
  body: JSON.stringify({ grantType: 'refresh_token', refreshToken }),
  timestamp: String(Math.floor(Date.now() / 1000) - secondsAgo),
});

const refusalOf = ({ status, body }: WireAnswer) => [status, body.code];
const INVALID_GRANT = [400, 'invalid_grant'];

/** Whether both tokens of a pair work; uses the refresh token up. */
async function worksOn(on: TestServer, app: Scene['app'], { accessToken, refreshToken }: Tokens): Promise<boolean> {
  const access = await tryToken(on, app, accessToken);
  return access === 200 && (await refresh(on, app, refreshToken)).status === 200;
}

describe('a refresh token', () => {
  test('is not spent by a request that is refused for its scope', async () => {
    const first = await getTokens(server, scene);
    const body = { grantType: 'refresh_token', refreshToken: first.refreshToken, scope: 'bogus' };
    const refused = await postSigned(server, scene.app, { path: '/refresh-user-access-token', body });
    expect(refused.status).toBe(400);
    await age(GRACE_MS);
    expect((await use(first.refreshToken)).status).toBe(200);
  });

  test('gives another pair for the same team, which works beside the first', async () => {
    const first = await getTokens(server, scene);
    const second = tokensOf(await use(first.refreshToken));
    expect(second.workspaceId).toBe(first.workspaceId);
    expect([await tryAccess(second.accessToken), await tryAccess(first.accessToken)]).toEqual([200, 200]);
    expect((await use(second.refreshToken)).status).toBe(200);
  });

  test('stays good for a day after its first use, and each pair that it gives works', async () => {
    const { refreshToken } = await getTokens(server, scene);
    const second = tokensOf(await use(refreshToken));
    await age(GRACE_MS - 60_000);
    const third = tokensOf(await use(refreshToken));
    for (const pair of [second, third]) expect(await worksOn(server, scene.app, pair)).toBe(true);
  });

  test('is refused after that day, which the audit tells, and nothing else ends', async () => {
    const first = await getTokens(server, scene);
    const second = tokensOf(await use(first.refreshToken));
    await age(GRACE_MS);
    expect(refusalOf(await use(first.refreshToken))).toEqual(INVALID_GRANT);
    expect(await audited(server, 1)).toEqual(['token.reused']);
    expect(await tryAccess(first.accessToken)).toBe(200);
    expect(await worksOn(server, scene.app, second)).toBe(true);
  });

  test('a use in its day does not prolong it', async () => {
    const { refreshToken } = await getTokens(server, scene);
    tokensOf(await use(refreshToken));
    await age(GRACE_MS - 60_000);
    tokensOf(await use(refreshToken));
    await age(60_000);
    expect(refusalOf(await use(refreshToken))).toEqual(INVALID_GRANT);
  });

  test('gives as many pairs as it is asked for, of which the ten newest work', async () => {
    const { refreshToken, accessToken } = await getTokens(server, scene);
    const pairs: Tokens[] = [];
    while (pairs.length < 12) pairs.push(tokensOf(await use(refreshToken)));
    expect(await audited(server, 2)).toEqual(['token.oldest_ended', 'token.refreshed']);
    expect(await tryAccess(accessToken)).toBe('invalid_token');
    for (const pair of pairs.slice(0, 2)) {
      expect(await tryAccess(pair.accessToken)).toBe('invalid_token');
      expect(refusalOf(await use(pair.refreshToken))).toEqual(INVALID_GRANT);
    }
    for (const pair of pairs.slice(2)) expect(await tryAccess(pair.accessToken)).toBe(200);
    for (const pair of pairs.slice(2)) expect((await use(pair.refreshToken)).status).toBe(200);
  });

  test('that nobody used for hours is not put out by another process that refreshes all the time', async () => {
    const { refreshToken } = await getTokens(server, scene);
    const idle = tokensOf(await use(refreshToken));
    let busy = tokensOf(await use(refreshToken));
    for (let hour = 0; hour < 24; hour++) {
      const pair = busy;
      busy = tokensOf(await use(pair.refreshToken));
      await server.database.sql('update access_tokens set expires_at = expires_at - 3600000');
    }
    expect((await use(idle.refreshToken)).status).toBe(200);
    expect((await use(refreshToken)).status).toBe(200);
  });

  test('that ten processes use at once gives each a pair that works', async () => {
    const other = await server.startAnother();
    const { refreshToken } = await getTokens(server, scene);
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, index) => refresh(index % 2 === 0 ? server : other, scene.app, refreshToken)),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(200));
    for (const pair of answers.map(tokensOf)) {
      expect([await tryToken(other, scene.app, pair.accessToken), await tryAccess(pair.accessToken)]).toEqual([
        200, 200,
      ]);
    }
    for (const pair of answers.map(tokensOf)) expect((await use(pair.refreshToken)).status).toBe(200);
  });

  test('survives the very same signed request at the same time, and each answer is a pair that works', async () => {
    const { refreshToken } = await getTokens(server, scene);
    const same = signedRefresh(scene.app, refreshToken);
    const answers = await Promise.all([1, 2, 3].map(() => sendByHand(server.url, same)));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    for (const answer of answers) expect(await worksOn(server, scene.app, tokensOf(answer))).toBe(true);
  });

  test('in a very same signed request, however often, puts no process of the login out', async () => {
    const { refreshToken } = await getTokens(server, scene);
    const same = signedRefresh(scene.app, refreshToken);
    const first = await sendByHand(server.url, same);
    const codes: unknown[] = [];
    for (let count = 0; count < 12; count++) codes.push((await sendByHand(server.url, same)).body.code);
    expect(codes.at(-1)).toBe('replayed_request');
    expect(await worksOn(server, scene.app, tokensOf(first))).toBe(true);
  });

  test('in a very same signed request that is older than 30 seconds is a replay, and ends nothing', async () => {
    const { refreshToken } = await getTokens(server, scene);
    const old = signedRefresh(scene.app, refreshToken, 60);
    const { accessToken } = tokensOf(await sendByHand(server.url, old));
    expect((await sendByHand(server.url, old)).body.code).toBe('replayed_request');
    expect(await tryAccess(accessToken)).toBe(200);
  });

  test('works the same at the standard endpoint', async () => {
    const standard = async (refreshToken: string) => {
      const { clientId, clientSecret } = scene.app;
      const form = { grant_type: 'refresh_token', refresh_token: refreshToken };
      const answer = await fetch(`${server.url}/oauth/token`, {
        method: 'POST',
        body: new URLSearchParams({ ...form, client_id: clientId, client_secret: clientSecret }),
      });
      const body: { access_token?: string; error?: string } = await answer.json();
      return body;
    };
    const { refreshToken } = await getTokens(server, scene);
    const pairs = [await standard(refreshToken), await standard(refreshToken)];
    for (const { access_token } of pairs) expect(await tryAccess(access_token ?? '')).toBe(200);
    await age(GRACE_MS);
    expect((await standard(refreshToken)).error).toBe('invalid_grant');
  });
});

describe('with settings of its own', () => {
  test('a grace of 0 ends a refresh token with its use, and nothing else', async () => {
    const strict = await server.startAnother({ COUNTERSIGN_REFRESH_GRACE_SECONDS: '0' });
    const first = await getTokens(strict, scene);
    const second = tokensOf(await refresh(strict, scene.app, first.refreshToken));
    expect(refusalOf(await refresh(strict, scene.app, first.refreshToken))).toEqual(INVALID_GRANT);
    expect(await worksOn(strict, scene.app, second)).toBe(true);
  });

  test('revoke: a use after its end ends the whole family at once, and no other', async () => {
    const strict = await server.startAnother({ COUNTERSIGN_REFRESH_REUSE: 'revoke' });
    const other = await getTokens(strict, scene);
    const first = await getTokens(strict, scene);
    const pairs = [
      first,
      tokensOf(await refresh(strict, scene.app, first.refreshToken)),
      tokensOf(await refresh(strict, scene.app, first.refreshToken)),
    ];
    for (const { accessToken } of pairs) expect(await tryToken(strict, scene.app, accessToken)).toBe(200);
    await age(GRACE_MS);
    expect(refusalOf(await refresh(strict, scene.app, first.refreshToken))).toEqual(INVALID_GRANT);
    expect(await audited(server, 2)).toEqual(['token.family_ended', 'token.reused']);
    for (const pair of pairs) {
      expect(await tryToken(strict, scene.app, pair.accessToken)).toBe('invalid_token');
      expect(refusalOf(await refresh(strict, scene.app, pair.refreshToken))).toEqual(INVALID_GRANT);
    }
    expect(await worksOn(strict, scene.app, other)).toBe(true);
  });
});

/** A process of a client that shares a login: it refreshes when it is refused, and tries once more. */
function processOf(on: TestServer, app: Scene['app'], login: Tokens) {
  let tokens = login;
  return {
    async work(): Promise<number | string> {
      const answer = await tryToken(on, app, tokens.accessToken);
      if (answer === 200) return answer;
      tokens = tokensOf(await refresh(on, app, tokens.refreshToken));
      return tryToken(on, app, tokens.accessToken);
    },
    async loseAnswer(): Promise<void> {
      await refresh(on, app, tokens.refreshToken);
    },
  };
}

test('two processes on one login, which refresh when they are refused and lose answers, never put each other out', async () => {
  const other = await server.startAnother();
  const login = await getTokens(server, scene);
  const processes = [processOf(server, scene.app, login), processOf(other, scene.app, login)];
  for (let hour = 0; hour < 8; hour++) {
    await server.database.sql('update access_tokens set expires_at = 0');
    await Promise.all(processes.map((one) => one.loseAnswer()));
    expect(await Promise.all(processes.map((one) => one.work()))).toEqual([200, 200]);
  }
});

describe('another app', () => {
  test('gets nothing for a refresh token, and ends nothing', async () => {
    const tokens = await getTokens(server, scene);
    const thief = await createLoopbackApp(server, 'Thief');
    expect((await refresh(server, thief, tokens.refreshToken)).body.code).toBe('invalid_grant');
    expect((await use(tokens.refreshToken)).status).toBe(200);
  });

  test('gets nothing for a code, and does not use it up', async () => {
    const code = await getCode(server, scene);
    const thief = await createLoopbackApp(server, 'Thief');
    expect((await exchange(server, thief, { code })).body.code).toBe('invalid_grant');
    expect((await exchange(server, scene.app, { code })).status).toBe(200);
  });

  test('cannot use an access token', async () => {
    const { accessToken } = await getTokens(server, scene);
    const thief = await createLoopbackApp(server, 'Thief');
    expect(await tryToken(server, thief, accessToken)).toBe('client_mismatch');
  });
});

describe('an authorization code', () => {
  test('used twice ends what it gave', async () => {
    const code = await getCode(server, scene);
    const tokens = tokensOf(await exchange(server, scene.app, { code }));
    expect(await tryAccess(tokens.accessToken)).toBe(200);
    expect((await exchange(server, scene.app, { code })).body.code).toBe('invalid_grant');
    expect(await tryAccess(tokens.accessToken)).toBe('invalid_token');
    expect((await use(tokens.refreshToken)).status).toBe(400);
  });

  test('used by many at once gives at most one pair, which ends', async () => {
    const code = await getCode(server, scene);
    const answers = await Promise.all([1, 2, 3, 4, 5].map(() => exchange(server, scene.app, { code })));
    expect(answers.filter(({ status }) => status === 200).length).toBe(1);
    const given = answers.find(({ status }) => status === 200);
    if (given === undefined) throw new Error('no pair was given');
    expect(await tryAccess(tokensOf(given).accessToken)).toBe('invalid_token');
  });

  test('does not work after five minutes', async () => {
    const code = await getCode(server, scene);
    const [row] = await server.database.sql('select max(expires_at - created_at) as life from authorization_codes');
    expect(row?.life).toBeGreaterThan(299_000);
    expect(row?.life).toBeLessThan(301_000);
    await server.database.sql('update authorization_codes set expires_at = expires_at - 300001 where used_at is null');
    expect((await exchange(server, scene.app, { code })).body.code).toBe('invalid_grant');
  });
});

test('a program that only refreshes goes through three expiries', async () => {
  const short = await startServer({ environment: { COUNTERSIGN_ACCESS_TOKEN_SECONDS: '1' } });
  try {
    const own = await openScene(short);
    let tokens = await getTokens(short, own);
    for (let expiry = 0; expiry < 3; expiry++) {
      const { accessToken } = tokens;
      await eventually(async () => expect(await tryToken(short, own.app, accessToken)).toBe('token_expired'));
      tokens = tokensOf(await refresh(short, own.app, tokens.refreshToken));
      expect(await tryToken(short, own.app, tokens.accessToken)).toBe(200);
    }
  } finally {
    await short.stop();
  }
});
