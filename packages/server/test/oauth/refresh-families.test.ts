import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import {
  createLoopbackApp,
  exchange,
  getCode,
  getTokens,
  openScene,
  postSigned,
  refresh,
  type Scene,
  tokensOf,
  tryToken,
} from '../harness/authorization.js';
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

describe('a refresh token', () => {
  test('is not spent by a request that is refused for its scope', async () => {
    const first = await getTokens(server, scene);
    const body = { grantType: 'refresh_token', refreshToken: first.refreshToken, scope: 'bogus' };
    const refused = await postSigned(server, scene.app, { path: '/refresh-user-access-token', body });
    expect(refused.status).toBe(400);
    await server.database.sql('update refresh_tokens set used_at = used_at - 30001 where used_at is not null');
    expect((await use(first.refreshToken)).status).toBe(200);
  });

  test('gives another pair for the same team, which works', async () => {
    const first = await getTokens(server, scene);
    const second = tokensOf(await use(first.refreshToken));
    expect(second.workspaceId).toBe(first.workspaceId);
    expect([await tryAccess(second.accessToken), await tryAccess(first.accessToken)]).toEqual([200, 200]);
    expect((await use(second.refreshToken)).status).toBe(200);
  });

  test('that two racing refreshes use gives both a pair, and the last pair is the one that works', async () => {
    const { refreshToken } = await getTokens(server, scene);
    const answers = [await use(refreshToken), await use(refreshToken)];
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    const [replaced, last] = answers.map(tokensOf);
    expect(await tryAccess(replaced?.accessToken ?? '')).toBe('invalid_token');
    expect(await tryAccess(last?.accessToken ?? '')).toBe(200);
  });

  test('survives the very same signed request at the same time', async () => {
    const { refreshToken } = await getTokens(server, scene);
    const same = {
      method: 'POST',
      target: '/partners/refresh-user-access-token',
      app: scene.app,
      body: JSON.stringify({ grantType: 'refresh_token', refreshToken }),
      timestamp: String(Math.floor(Date.now() / 1000)),
    };
    const answers = await Promise.all([1, 2, 3].map(() => sendByHand(server.url, same)));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    const alive = await Promise.all(answers.map((answer) => tryAccess(tokensOf(answer).accessToken)));
    expect(alive.filter((status) => status === 200).length).toBe(1);
  });

  test('in a very same signed request that is older than the mercy is a replay, and ends nothing', async () => {
    const { refreshToken } = await getTokens(server, scene);
    const old = {
      method: 'POST',
      target: '/partners/refresh-user-access-token',
      app: scene.app,
      body: JSON.stringify({ grantType: 'refresh_token', refreshToken }),
      timestamp: String(Math.floor(Date.now() / 1000) - 60),
    };
    const { accessToken } = tokensOf(await sendByHand(server.url, old));
    expect((await sendByHand(server.url, old)).body.code).toBe('replayed_request');
    expect(await tryAccess(accessToken)).toBe(200);
  });
});

describe('a refresh token used twice ends its family, all of it and at once', () => {
  const expectFamilyDead = async (
    refreshToken: string,
    family: readonly { accessToken: string; refreshToken: string }[],
  ) => {
    const answer = await use(refreshToken);
    expect([answer.status, answer.body.code]).toEqual([400, 'invalid_grant']);
    for (const tokens of family) {
      expect(await tryAccess(tokens.accessToken)).toBe('invalid_token');
      expect((await use(tokens.refreshToken)).status).toBe(400);
    }
  };

  test('once the new access token was used', async () => {
    const first = await getTokens(server, scene);
    const second = tokensOf(await use(first.refreshToken));
    expect(await tryAccess(second.accessToken)).toBe(200);
    await expectFamilyDead(first.refreshToken, [first, second]);
  });

  test('once the new refresh token was used', async () => {
    const first = await getTokens(server, scene);
    const second = tokensOf(await use(first.refreshToken));
    const third = tokensOf(await use(second.refreshToken));
    await expectFamilyDead(first.refreshToken, [first, second, third]);
  });

  test('after 30 seconds', async () => {
    const first = await getTokens(server, scene);
    const second = tokensOf(await use(first.refreshToken));
    await server.database.sql('update refresh_tokens set used_at = used_at - 30001 where used_at is not null');
    await expectFamilyDead(first.refreshToken, [first, second]);
  });

  test('with the pair that another one took the place of', async () => {
    const first = await getTokens(server, scene);
    const replaced = tokensOf(await use(first.refreshToken));
    const second = tokensOf(await use(first.refreshToken));
    await expectFamilyDead(replaced.refreshToken, [first, second]);
  });

  test('and another family goes on', async () => {
    const other = await getTokens(server, scene);
    const first = await getTokens(server, scene);
    const second = tokensOf(await use(first.refreshToken));
    await tryAccess(second.accessToken);
    await expectFamilyDead(first.refreshToken, [first, second]);
    expect(await tryAccess(other.accessToken)).toBe(200);
  });
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

test('a program that only refreshes goes through three expiries', { timeout: 60_000 }, async () => {
  const short = await startServer({ environment: { COUNTERSIGN_ACCESS_TOKEN_SECONDS: '1' } });
  try {
    const own = await openScene(short);
    let tokens = await getTokens(short, own);
    for (let expiry = 0; expiry < 3; expiry++) {
      const { accessToken } = tokens;
      await vi.waitFor(async () => expect(await tryToken(short, own.app, accessToken)).toBe('token_expired'), {
        timeout: 10_000,
        interval: 100,
      });
      tokens = tokensOf(await refresh(short, own.app, tokens.refreshToken));
      expect(await tryToken(short, own.app, tokens.accessToken)).toBe(200);
    }
  } finally {
    await short.stop();
  }
});
