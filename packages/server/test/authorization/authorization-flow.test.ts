import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  CALLBACK,
  createMember,
  decide,
  exchange,
  getCode,
  getTokens,
  initiate,
  newChallenge,
  openScene,
  postSigned,
  refresh,
  type Scene,
  tokensOf,
  tryToken,
} from '../harness/authorization.js';
import { startServer, type TestServer } from '../harness/server.js';
import { sendByHand } from '../harness/signed-request.js';
import { webPerson } from '../harness/web-person.js';

let server: TestServer;
let scene: Scene;

beforeAll(async () => {
  server = await startServer();
  scene = await openScene(server);
});
afterAll(() => server.stop());

describe('GET /auth2/authorize-initiate', () => {
  const ask = async (path: string, query: Record<string, string> | [string, string][]) => {
    const answer = await fetch(`${server.url}${path}?${new URLSearchParams(query)}`);
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
  };

  test.each(['/auth2/authorize-initiate', '/auth2/authorize-intiate'])('%s gives the page', async (path) => {
    const query = { clientId: scene.app.clientId, redirectUri: CALLBACK, state: 's' };
    const { status, body } = await ask(path, query);
    expect([status, body.status]).toEqual([200, 'success']);
    expect(body.data).toEqual({ redirectUri: expect.stringContaining(`${server.url}/auth2/authorize?`) });
  });

  test('lists every parameter at fault', async () => {
    const query = {
      clientId: scene.app.clientId,
      redirectUri: 'https://evil.example/',
      scope: 'all',
      codeChallenge: 'x',
    };
    const { status, body } = await ask('/auth2/authorize-initiate', query);
    expect([status, body.code]).toEqual([400, 'invalid_query']);
    const fields = (body.errors as { field: string }[]).map(({ field }) => field);
    expect(fields.sort()).toEqual(['codeChallenge', 'codeChallengeMethod', 'redirectUri', 'scope']);
  });

  test('wants a state, unless PKCE is used, and each parameter once', async () => {
    const base = { clientId: scene.app.clientId, redirectUri: CALLBACK };
    const { codeChallenge } = newChallenge();
    expect((await ask('/auth2/authorize-initiate', base)).status).toBe(400);
    const withPkce = { ...base, codeChallenge, codeChallengeMethod: 'S256' };
    expect((await ask('/auth2/authorize-initiate', withPkce)).status).toBe(200);
    expect((await ask('/auth2/authorize-initiate', { ...withPkce, codeChallengeMethod: 'plain' })).status).toBe(400);
    const twice = [...Object.entries(base), ['state', 'a'], ['state', 'b']] as [string, string][];
    expect((await ask('/auth2/authorize-initiate', twice)).status).toBe(400);
  });

  test('an unknown app is 401 invalid_client', async () => {
    const { status, body } = await ask('/auth2/authorize-initiate', {
      clientId: 'app_x',
      redirectUri: CALLBACK,
      state: 's',
    });
    expect([status, body.code]).toEqual([401, 'invalid_client']);
  });
});

describe('a decision', () => {
  test('allow sends the person back with a code and the state, and nothing else', async () => {
    const page = await initiate(server, scene.app, { state: 'a&=?#' });
    const { status, location } = await decide(scene.person, { page, team: scene.team });
    expect(status).toBe(303);
    const address = new URL(location);
    expect(`${address.origin}${address.pathname}`).toBe(CALLBACK);
    expect([...address.searchParams.keys()]).toEqual(['code', 'state']);
    expect(address.searchParams.get('state')).toBe('a&=?#');
  });

  test('deny sends the person back with access_denied, the state and no code', async () => {
    const page = await initiate(server, scene.app);
    const { location } = await decide(scene.person, { page, team: scene.team, decision: 'deny' });
    const description = 'error_description=The+person+did+not+allow+the+app.';
    expect(location).toBe(`${CALLBACK}?error=access_denied&${description}&state=state-1`);
  });

  test("another person's team cannot be chosen", async () => {
    const page = await initiate(server, scene.app);
    const answer = await decide(scene.person, { page, team: await server.createTeam() });
    expect([answer.status, answer.location]).toEqual([400, '']);
    expect(answer.text).toContain('You do not belong to that team');
  });

  test('a member of several teams chooses one', async () => {
    const teams = [scene.team, await server.createTeam()];
    const member = await createMember(server, teams);
    const person = webPerson(server.url);
    await person.signIn(member.email, member.password);
    for (const team of teams) {
      const code = await getCode(server, { ...scene, person, team });
      expect(tokensOf(await exchange(server, scene.app, { code })).workspaceId).toBe(team.uuid);
    }
  });
});

describe('POST /partners/grant-access-token', () => {
  test('gives the tokens of the contract, which work', async () => {
    const answer = await exchange(server, scene.app, { code: await getCode(server, scene) });
    expect(answer.status).toBe(200);
    const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    expect(answer.json).toMatchObject({
      status: 'success',
      data: {
        result: {
          accessToken: expect.any(String),
          refreshToken: expect.any(String),
          accessTokenExpiresAt: time,
          refreshTokenExpiresAt: time,
          workspaceId: scene.team.uuid,
          workspaceName: scene.team.name,
        },
      },
    });
    expect(await tryToken(server, scene.app, tokensOf(answer).accessToken)).toBe(200);
  });

  test('takes what clients in the field send, where it matches', async () => {
    const { clientId, clientSecret } = scene.app;
    const body = {
      grant_type: 'authorization_code',
      client_id: clientId,
      client_secret: clientSecret,
      state: 'state-1',
    };
    const code = await getCode(server, scene);
    const answer = await postSigned(server, scene.app, { path: '/grant-access-token', body: { ...body, code } });
    expect(answer.status).toBe(200);
  });

  test('lists every field that does not match', async () => {
    const body = { grantType: 'password', client_id: 'app_other', client_secret: 'wrong', code: 7 };
    const answer = await postSigned(server, scene.app, { path: '/grant-access-token', body });
    expect([answer.status, answer.body.code]).toEqual([400, 'validation_error']);
    const fields = (answer.body.errors ?? []).map(({ field }) => field);
    expect(fields.sort()).toEqual(['client_id', 'client_secret', 'code', 'grantType']);
  });

  test('refuses another state and another redirect URI', async () => {
    for (const wrong of [{ state: 'other' }, { redirectUri: 'http://127.0.0.1:1/callback' }]) {
      const answer = await exchange(server, scene.app, { code: await getCode(server, scene), ...wrong });
      expect([answer.status, answer.body.code, answer.json]).toMatchObject([
        400,
        'invalid_grant',
        { error: 'invalid_grant' },
      ]);
    }
  });

  test('enforces PKCE where it was used, and refuses a verifier where it was not', async () => {
    const { verifier, codeChallenge } = newChallenge();
    const pkce = { codeChallenge, codeChallengeMethod: 'S256' };
    const attempt = async (asked: Record<string, string>, body: object) =>
      (await exchange(server, scene.app, { code: await getCode(server, scene, asked), ...body })).status;
    expect(await attempt(pkce, {})).toBe(400);
    expect(await attempt(pkce, { codeVerifier: newChallenge().verifier })).toBe(400);
    expect(await attempt({ state: 's' }, { codeVerifier: verifier })).toBe(400);
    expect(await attempt(pkce, { codeVerifier: verifier })).toBe(200);
    expect(await attempt(pkce, { code_verifier: verifier })).toBe(200);
  });

  test('gives the scopes that were asked for, and no more', async () => {
    const code = await getCode(server, scene, { state: 's', scope: 'customers:read' });
    const { accessToken } = tokensOf(await exchange(server, scene.app, { code }));
    expect(await tryToken(server, scene.app, accessToken)).toBe(200);
    const answer = await createCustomerWith(accessToken);
    expect([answer.status, answer.body.code]).toEqual([403, 'insufficient_scope']);
  });

  function createCustomerWith(accessToken: string) {
    const body = JSON.stringify({ customer: 'A', email: 'a@acme.example' });
    return sendByHand(server.url, { method: 'POST', target: '/partners/customers', app: scene.app, accessToken, body });
  }
});

describe('POST /partners/revoke-token', () => {
  const revoke = (body: object, app = scene.app) => postSigned(server, app, { path: '/revoke-token', body });

  test('ends a token with its family at once', async () => {
    for (const field of ['accessToken', 'refreshToken'] as const) {
      const tokens = await getTokens(server, scene);
      expect(await tryToken(server, scene.app, tokens.accessToken)).toBe(200);
      expect((await revoke({ token: tokens[field] })).status).toBe(200);
      expect(await tryToken(server, scene.app, tokens.accessToken)).toBe('invalid_token');
      expect((await refresh(server, scene.app, tokens.refreshToken)).body.code).toBe('invalid_grant');
    }
  });

  test("a token that is unknown is no error, and another app's stays", async () => {
    const other = await openScene(server);
    const tokens = await getTokens(server, other);
    expect((await revoke({ token: 'cs_at_unknown' })).status).toBe(200);
    expect((await revoke({ token: tokens.accessToken })).status).toBe(200);
    expect(await tryToken(server, other.app, tokens.accessToken)).toBe(200);
    expect((await revoke({})).body.code).toBe('validation_error');
  });
});
