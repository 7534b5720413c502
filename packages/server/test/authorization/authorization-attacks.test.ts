import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  CALLBACK,
  createMember,
  decide,
  exchange,
  getCode,
  initiate,
  openScene,
  refresh,
  type Scene,
  tokensOf,
} from '../harness/authorization.js';
import { uniqueEmail } from '../harness/customers.js';
import { startServer, type TestServer } from '../harness/server.js';
import { hiddenFields, webPerson } from '../harness/web-person.js';

let server: TestServer;
let scene: Scene;

beforeAll(async () => {
  server = await startServer();
  scene = await openScene(server);
});
afterAll(() => server.stop());

describe('a redirect to an address that is not registered', () => {
  const evil = [
    'https://evil.example/callback',
    'http://127.0.0.1@evil.example/callback',
    'http://user:pass@127.0.0.1/callback',
    'http://127.0.0.1.evil.example/callback',
    'http://evil.127.0.0.1/callback',
    'http://localhost.evil.example/callback',
    'http://localhost/callback',
    'http://127.1/callback',
    'http://0x7f000001/callback',
    'http://2130706433/callback',
    'http://127.0.0.2/callback',
    'http://[::1]/callback',
    'http://[::ffff:127.0.0.1]/callback',
    'https://127.0.0.1/callback',
    'http://127.0.0.1/callback/',
    'http://127.0.0.1/callback/../evil',
    'http://127.0.0.1/callback%2f..%2fevil',
    'http://127.0.0.1/%63allback',
    'http://127.0.0.1/callbackevil',
    'http://127.0.0.1/Callback',
    'http://127.0.0.1/callback?next=//evil.example',
    'http://127.0.0.1/callback#evil',
    'http://127.0.0.1:99999/callback',
    'http://127.0.0.1:80:80/callback',
    'http:\\\\127.0.0.1\\callback',
    'http://127.0.0.1/callback\n',
    '\thttp://127.0.0.1/callback',
    ' http://127.0.0.1/callback',
    'HTTP://127.0.0.1/callback',
    '//evil.example/callback',
    '/callback',
    'javascript:alert(1)',
    'data:text/html,hello',
    'myapp://callback',
    '',
  ];

  test.each(evil)('%j is refused by every door, without a redirect', async (redirectUri) => {
    const asked = { clientId: scene.app.clientId, redirectUri, state: 's' };
    const answer = await fetch(`${server.url}/auth2/authorize-initiate?${new URLSearchParams(asked)}`);
    expect([answer.status, ((await answer.json()) as { code: string }).code]).toEqual([400, 'invalid_query']);
    const fields = { response_type: 'code', client_id: scene.app.clientId, redirect_uri: redirectUri, state: 's' };
    const page = await initiate(server, scene.app);
    const good = hiddenFields((await scene.person.get(page)).text, '/auth2/authorize');
    for (const path of ['/auth2/authorize', '/oauth/authorize']) {
      const target = `${path}?${new URLSearchParams(fields)}`;
      for (const person of [scene.person, webPerson(server.url)]) {
        const shown = await person.get(target);
        expect([shown.status, shown.location]).toEqual([400, '']);
        expect(shown.headers.get('content-type')).toContain('text/html');
      }
      const forged = { ...good, ...fields, team: scene.team.uuid, decision: 'allow' };
      const decided = await scene.person.post(path, forged);
      expect([decided.status, decided.location]).toEqual([400, '']);
    }
  });

  test.each(['http://127.0.0.1/callback', 'http://127.0.0.1:1/callback', 'http://127.0.0.1:65535/callback'])(
    'on the registered loopback host, any port is good: %s',
    async (redirectUri) => {
      const asked = { clientId: scene.app.clientId, redirectUri, state: 's' };
      const answer = await fetch(`${server.url}/auth2/authorize-initiate?${new URLSearchParams(asked)}`);
      expect(answer.status).toBe(200);
    },
  );

  test.each([
    'https://evil.example/',
    '//evil.example/',
    '/\\evil.example/',
    '/%2f/evil.example',
    'javascript:alert(1)',
    '\t//evil.example',
    '/account/../..//evil.example',
    '/docs',
  ])('after signing in, %j leads to the account', async (next) => {
    const person = webPerson(server.url);
    const { email, password } = scene.member;
    const page = `/sign-in?${new URLSearchParams({ next })}`;
    const answer = await person.submit(page, { action: '/sign-in', fields: { email, password, next } });
    expect([answer.status, answer.location]).toEqual([303, '/account']);
  });
});

describe('a forged form', () => {
  const forms = [
    '/sign-in',
    '/sign-out',
    '/account/password',
    '/account/disconnect',
    '/auth2/authorize',
    '/oauth/authorize',
    '/invitation',
  ];

  test.each(forms)('for %s is refused', async (action) => {
    const other = webPerson(server.url);
    const stolen = hiddenFields((await other.get('/sign-in')).text, '/sign-in')._csrf ?? '';
    expect(stolen).not.toBe('');
    for (const _csrf of ['', 'wrong', stolen]) {
      const answer = await scene.person.post(action, { _csrf, decision: 'allow' });
      expect([answer.status, answer.location]).toEqual([403, '']);
    }
    expect((await scene.person.get('/account')).status).toBe(200);
  });

  test("with another session's token is refused", async () => {
    const member = await createMember(server, [scene.team]);
    const attacker = webPerson(server.url);
    await attacker.signIn(member.email, member.password);
    const { _csrf = '' } = hiddenFields((await attacker.get('/account')).text, '/sign-out');
    const form = attacker.cookies.get('countersign_form') ?? '';
    const victim = webPerson(server.url);
    await victim.signIn(scene.member.email, scene.member.password);
    victim.cookies.set('countersign_form', form);
    expect((await victim.post('/sign-out', { _csrf })).status).toBe(403);
  });
});

describe('a session', () => {
  test('that was planted before signing in is not the one after, and ends', async () => {
    const attacker = webPerson(server.url);
    const member = await createMember(server, [scene.team]);
    await attacker.signIn(member.email, member.password);
    const planted = attacker.cookies.get('countersign_session') ?? '';
    const victim = webPerson(server.url);
    victim.cookies.set('countersign_session', 'cs_session_made_up');
    await victim.signIn(scene.member.email, scene.member.password);
    const own = victim.cookies.get('countersign_session');
    expect([own === planted, own === 'cs_session_made_up', own === undefined]).toEqual([false, false, false]);
    const { _csrf = '' } = hiddenFields((await attacker.get('/account')).text, '/sign-out');
    await attacker.post('/sign-in', { _csrf, email: member.email, password: member.password });
    expect(attacker.cookies.get('countersign_session')).not.toBe(planted);
    const late = webPerson(server.url);
    late.cookies.set('countersign_session', planted);
    expect((await late.get('/account')).location).toContain('/sign-in');
  });

  test('ends with signing out, whoever kept the cookie', async () => {
    const person = webPerson(server.url);
    await person.signIn(scene.member.email, scene.member.password);
    const kept = person.cookies.get('countersign_session') ?? '';
    await person.submit('/account', { action: '/sign-out', fields: {} });
    person.cookies.set('countersign_session', kept);
    expect((await person.get('/account')).location).toContain('/sign-in');
  });

  test('has cookies that scripts and other sites do not get, over TLS with the host prefix', async () => {
    const secure = await startServer({ environment: { COUNTERSIGN_PUBLIC_URL: 'https://customers.example' } });
    try {
      const { person, app } = await openScene(secure);
      expect([...person.cookies.keys()].sort()).toEqual(['__Host-countersign_form', '__Host-countersign_session']);
      const { headers } = await webPerson(secure.url).get('/sign-in');
      expect(headers.getSetCookie()[0]).toMatch(/; Path=\/; HttpOnly; Secure; SameSite=Lax$/);
      expect(await initiate(secure, app)).toMatch(/^https:\/\/customers\.example\/auth2\/authorize\?/);
    } finally {
      await secure.stop();
    }
  });

  test('is shown on pages that no site can frame, and no cache keeps', async () => {
    for (const target of ['/sign-in', '/account', '/account/password', '/invitation?token=x', '/auth2/authorize']) {
      const { headers } = await scene.person.get(target);
      expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
      expect(headers.get('content-security-policy')).toContain("default-src 'none'");
      expect(headers.get('x-frame-options')).toBe('DENY');
      expect(headers.get('cache-control')).toBe('no-store');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
    }
  });
});

test('the database holds no token, code, password, session or secret that could be used', async () => {
  const person = webPerson(server.url);
  await person.signIn(scene.member.email, scene.member.password);
  const code = await getCode(server, { ...scene, person });
  const first = tokensOf(await exchange(server, scene.app, { code }));
  const second = tokensOf(await refresh(server, scene.app, first.refreshToken));
  const { link } = await server.make<{ link: string }>([
    ...['user', 'invite', '--email', uniqueEmail(), '--team', scene.team.uuid],
  ]);
  const secrets = [
    code,
    first.accessToken,
    first.refreshToken,
    second.accessToken,
    second.refreshToken,
    person.cookies.get('countersign_session') ?? '',
    new URL(link).searchParams.get('token') ?? '',
    scene.member.password,
    scene.app.clientSecret,
  ];
  const stored = await server.database.readContents();
  expect(stored.includes(scene.app.clientId)).toBe(true);
  for (const secret of secrets) {
    expect(secret.length).toBeGreaterThan(10);
    expect(stored.includes(secret)).toBe(false);
  }
});

test('the audit tells what happened, with whom, where from and under which request', async () => {
  const own = await openScene(server);
  await webPerson(server.url).signIn(own.member.email, 'wrong');
  const page = await initiate(server, own.app);
  const denied = await decide(own.person, { page, team: own.team, decision: 'deny' });
  expect(denied.location).toContain(CALLBACK);
  const code = await getCode(server, own);
  const tokens = tokensOf(await exchange(server, own.app, { code }));
  await refresh(server, own.app, tokens.refreshToken);
  await exchange(server, own.app, { code });
  const { entries } = await server.make<{ entries: Record<string, unknown>[] }>(['audit', 'list', '--limit', '200']);
  const about = entries
    .filter(({ email, clientId }) => email === own.member.email || clientId === own.app.clientId)
    .reverse();
  expect(about.map(({ event }) => event).slice(-8)).toEqual([
    'user.joined_team',
    'user.signed_in',
    'user.sign_in_failed',
    'app.denied',
    'app.allowed',
    'token.created',
    'token.refreshed',
    'code.reused',
  ]);
  const { clientId } = own.app;
  expect(about.at(-4)).toEqual({
    id: expect.any(Number),
    time: expect.stringMatching(/Z$/),
    event: 'app.allowed',
    email: own.member.email,
    team: own.team.uuid,
    clientId,
    address: '127.0.0.1',
    customer: null,
    requestId: expect.stringMatching(/^[\da-f-]{36}$/),
  });
});
