import * as oauth from 'oauth4webapi';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CALLBACK, decide, openScene, type Scene, tryToken } from '../harness/authorization.js';
import { startServer, type TestServer } from '../harness/server.js';

const INSECURE = { [oauth.allowInsecureRequests]: true };

let server: TestServer;
let scene: Scene;
let authorizationServer: oauth.AuthorizationServer;

beforeAll(async () => {
  server = await startServer();
  scene = await openScene(server);
  const issuer = new URL(server.url);
  const answer = await oauth.discoveryRequest(issuer, { algorithm: 'oauth2', ...INSECURE });
  authorizationServer = await oauth.processDiscoveryResponse(issuer, answer);
});
afterAll(() => server.stop());

/** Goes to the consent page as a standard client, and gives what came back, checked. */
async function authorize(client: oauth.Client, verifier: string, scope = 'customers:read customers:write') {
  const state = oauth.generateRandomState();
  const page = new URL(authorizationServer.authorization_endpoint ?? '');
  page.search = new URLSearchParams({
    response_type: 'code',
    client_id: client.client_id,
    redirect_uri: CALLBACK,
    scope,
    state,
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
  }).toString();
  const { location } = await decide(scene.person, { page: page.href, team: scene.team });
  return oauth.validateAuthResponse(authorizationServer, client, new URL(location), state);
}

describe.each([
  ['client_secret_basic', oauth.ClientSecretBasic],
  ['client_secret_post', oauth.ClientSecretPost],
] as const)('an independent library with %s', (_method, authentication) => {
  test('discovers, authorizes with PKCE, exchanges, refreshes and revokes', async () => {
    const client: oauth.Client = { client_id: scene.app.clientId };
    const secret = authentication(scene.app.clientSecret);
    const verifier = oauth.generateRandomCodeVerifier();
    const parameters = await authorize(client, verifier);
    const first = await oauth.processAuthorizationCodeResponse(
      authorizationServer,
      client,
      await oauth.authorizationCodeGrantRequest(
        authorizationServer,
        client,
        secret,
        parameters,
        CALLBACK,
        verifier,
        INSECURE,
      ),
    );
    expect(first).toMatchObject({ token_type: 'bearer', expires_in: 3600, scope: 'customers:read customers:write' });
    expect(await tryToken(server, scene.app, first.access_token)).toBe(200);
    const second = await oauth.processRefreshTokenResponse(
      authorizationServer,
      client,
      await oauth.refreshTokenGrantRequest(authorizationServer, client, secret, first.refresh_token ?? '', INSECURE),
    );
    expect(await tryToken(server, scene.app, second.access_token)).toBe(200);
    const revocation = await oauth.revocationRequest(
      authorizationServer,
      client,
      secret,
      second.refresh_token ?? '',
      INSECURE,
    );
    await oauth.processRevocationResponse(revocation);
    expect(await tryToken(server, scene.app, second.access_token)).toBe('invalid_token');
  });
});

describe('POST /oauth/token refuses, as RFC 6749 §5.2 says,', () => {
  const ask = async (form: string, headers: Record<string, string> = {}) => {
    const answer = await fetch(`${server.url}/oauth/token`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
      body: form,
    });
    const body = (await answer.json()) as { error: string };
    return { status: answer.status, error: body.error, challenge: answer.headers.get('www-authenticate') };
  };
  const credentials = () => `client_id=${scene.app.clientId}&client_secret=${scene.app.clientSecret}`;

  test.each([
    ['a wrong secret', () => `client_id=${scene.app.clientId}&client_secret=wrong&grant_type=refresh_token`],
    ['an empty secret', () => `client_id=${scene.app.clientId}&client_secret=&grant_type=refresh_token`],
    [
      'no secret with PKCE',
      () => `client_id=${scene.app.clientId}&grant_type=authorization_code&code=x&code_verifier=y`,
    ],
    ['an unknown client', () => 'client_id=app_x&client_secret=x&grant_type=refresh_token'],
  ])('%s', async (_name, form) => {
    const { status, error, challenge } = await ask(form());
    expect([status, error, challenge]).toEqual([401, 'invalid_client', expect.stringMatching(/^Basic /)]);
  });

  test.each([
    [
      'a repeated parameter',
      () => `${credentials()}&grant_type=refresh_token&grant_type=refresh_token`,
      'invalid_request',
    ],
    ['no grant type', () => credentials(), 'invalid_request'],
    [
      'another grant type',
      () => `${credentials()}&grant_type=password&username=a&password=b`,
      'unsupported_grant_type',
    ],
    ['client credentials', () => `${credentials()}&grant_type=client_credentials`, 'unsupported_grant_type'],
    ['an unknown code', () => `${credentials()}&grant_type=authorization_code&code=x`, 'invalid_grant'],
    ['an unknown refresh token', () => `${credentials()}&grant_type=refresh_token&refresh_token=x`, 'invalid_grant'],
  ])('%s', async (_name, form, error) => {
    expect(await ask(form())).toMatchObject({ status: 400, error });
  });

  test('a body that is no form', async () => {
    expect(await ask('{}', { 'content-type': 'application/json' })).toMatchObject({
      status: 415,
      error: 'invalid_request',
    });
  });

  test('a secret that is sent in two ways, but not a client id that is sent beside a Basic header', async () => {
    const { clientId, clientSecret } = scene.app;
    const basic = Buffer.from(`${clientId.replaceAll('_', '%5F')}:${clientSecret.replaceAll('_', '%5F')}`);
    const headers = { authorization: `Basic ${basic.toString('base64')}` };
    const form = 'grant_type=authorization_code&code=x';
    expect(await ask(`${form}&client_id=${clientId}`, headers)).toMatchObject({ status: 400, error: 'invalid_grant' });
    expect(await ask(`${form}&${credentials()}`, headers)).toMatchObject({ status: 401, error: 'invalid_client' });
    expect(await ask(`${form}&client_id=app_other`, headers)).toMatchObject({ status: 401 });
  });

  test('a code without the redirect URI it was asked with', async () => {
    const verifier = oauth.generateRandomCodeVerifier();
    const code = (await authorize({ client_id: scene.app.clientId }, verifier)).get('code') ?? '';
    const form = `${credentials()}&grant_type=authorization_code&code=${code}&code_verifier=${verifier}`;
    expect((await ask(form)).status).toBe(400);
  });
});
