import { createHash, randomBytes } from 'node:crypto';
import type { App, Team, WireAnswer } from './caller.js';
import { uniqueEmail } from './customers.js';
import type { TestServer } from './server.js';
import { sendByHand } from './signed-request.js';
import { type PageAnswer, type WebPerson, webPerson } from './web-person.js';

/** A pair of tokens as it is answered. */
export interface Tokens {
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly accessTokenExpiresAt: string;
  readonly refreshTokenExpiresAt: string;
  readonly workspaceId: string;
  readonly workspaceName: string;
}

/** A user with the password to sign in with. */
export interface Member {
  readonly email: string;
  readonly password: string;
}

/** Where the apps of these tests are called back. */
export const CALLBACK = 'http://127.0.0.1:4711/callback';

/** An app that is called back at {@link CALLBACK}, on any port. */
export function createLoopbackApp(server: TestServer, name = 'Ledger Sync'): Promise<App> {
  return server.make(['app', 'create', '--name', name, '--redirect-uri', 'http://127.0.0.1/callback']);
}

/** A member of these teams. */
export async function createMember(server: TestServer, teams: readonly Team[]): Promise<Member> {
  const member = { email: uniqueEmail(), password: `p-${randomBytes(9).toString('base64url')}` };
  for (const { uuid } of teams) {
    const args = ['user', 'create', '--email', member.email, '--team', uuid, '--password-stdin'];
    const outcome = await server.command(args, {}, member.password);
    if (outcome.exitCode !== 0) throw new Error(outcome.stderr);
  }
  return member;
}

/** What an app may ask with, beside itself and {@link CALLBACK}. */
export type Asked = Readonly<Record<string, string>>;

/** Begins an authorization as COUNT's clients do; gives the answer, whose `data.redirectUri` is the page. */
export async function initiate(server: TestServer, app: App, asked: Asked = { state: 'state-1' }): Promise<string> {
  const query = new URLSearchParams({ clientId: app.clientId, redirectUri: CALLBACK, ...asked });
  const answer = await fetch(`${server.url}/auth2/authorize-initiate?${query}`);
  const { data }: { data: { redirectUri: string } } = await answer.json();
  return data.redirectUri;
}

/** A person's answer to the page of an app. */
export function decide(
  person: WebPerson,
  { page, team, decision = 'allow' }: { readonly page: string; readonly team: Team; readonly decision?: string },
): Promise<PageAnswer> {
  return person.submit(page, { action: new URL(page).pathname, fields: { team: team.uuid, decision } });
}

/** An app, a team, and a member of it who is signed in. */
export interface Scene {
  readonly app: App;
  readonly team: Team;
  readonly member: Member;
  readonly person: WebPerson;
}

/** Sets a scene. */
export async function openScene(server: TestServer): Promise<Scene> {
  const [app, team] = await Promise.all([createLoopbackApp(server), server.createTeam()]);
  const member = await createMember(server, [team]);
  const person = webPerson(server.url);
  await person.signIn(member.email, member.password);
  return { app, team, member, person };
}

/** The code that a person's yes gives. */
export async function getCode(server: TestServer, scene: Scene, asked?: Asked): Promise<string> {
  const page = await initiate(server, scene.app, asked);
  const { location } = await decide(scene.person, { page, team: scene.team });
  return new URL(location).searchParams.get('code') ?? '';
}

/** Sends a signed body to a route that needs no token. */
export function postSigned(
  server: TestServer,
  app: App,
  { path, body }: { readonly path: string; readonly body: object },
): Promise<WireAnswer> {
  return sendByHand(server.url, {
    method: 'POST',
    target: `/partners${path}`,
    app,
    body: JSON.stringify(body),
    timestamp: String(Date.now()),
  });
}

/** Exchanges a code. */
export function exchange(server: TestServer, app: App, body: object): Promise<WireAnswer> {
  return postSigned(server, app, { path: '/grant-access-token', body: { grantType: 'authorization_code', ...body } });
}

/** Uses a refresh token. */
export function refresh(server: TestServer, app: App, refreshToken: string): Promise<WireAnswer> {
  return postSigned(server, app, {
    path: '/refresh-user-access-token',
    body: { grantType: 'refresh_token', refreshToken },
  });
}

/** The tokens of an answer. */
export function tokensOf(answer: WireAnswer): Tokens {
  const { data } = answer.json as { data?: { result: Tokens } };
  if (data === undefined) throw new Error(`no tokens: ${answer.text}`);
  return data.result;
}

/** The first pair of tokens of a scene. */
export async function getTokens(server: TestServer, scene: Scene): Promise<Tokens> {
  return tokensOf(await exchange(server, scene.app, { code: await getCode(server, scene) }));
}

/** The status of a signed read with an access token, or the code of its refusal. */
export async function tryToken(server: TestServer, app: App, accessToken: string): Promise<number | string> {
  const timestamp = String(Date.now());
  const answer = await sendByHand(server.url, {
    method: 'GET',
    target: '/partners/customers',
    app,
    accessToken,
    timestamp,
  });
  return answer.status === 200 ? 200 : answer.body.code;
}

/** A code verifier with its challenge, RFC 7636. */
export function newChallenge(): { readonly verifier: string; readonly codeChallenge: string } {
  const verifier = randomBytes(32).toString('base64url');
  return { verifier, codeChallenge: createHash('sha256').update(verifier).digest('base64url') };
}
