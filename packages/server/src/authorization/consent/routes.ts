import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Exchange } from '../../http/exchange.js';
import { originOf } from '../../http/origin.js';
import { listTeamsOfUser } from '../../identity/team-store.js';
import { ConsentPage } from '../../pages/consent-page.js';
import { PageError } from '../../pages/page-error.js';
import { formTextOf, formToken } from '../../pages/page-scope.js';
import { sendToSignIn } from '../../pages/page-session.js';
import { sendOn, sendPage } from '../../pages/send-page.js';
import { withoutUndefined } from '../../without-undefined.js';
import type { OAuthParts } from '../oauth-parts.js';
import { allowApp, denyApp } from './allow-app.js';
import { type AskingApp, readAuthorizationRequest } from './authorization-page-request.js';
import { type AuthorizationRequest, authorizationParameters, type RawParameters } from './authorization-request.js';

/** The two doors to the consent page: COUNT's, and that of RFC 6749. */
interface Door {
  readonly path: string;
  /** RFC 6749 §4.1.3: the exchange repeats the redirect URI. COUNT's exchange has no such field. */
  readonly isRedirectUriRequired: boolean;
  /** RFC 9207: the answer names who gave it. COUNT's answer has a code and a state alone. */
  readonly hasIssuer: boolean;
}

const DOORS: readonly Door[] = [
  { path: '/auth2/authorize', isRedirectUriRequired: false, hasIssuer: false },
  { path: '/oauth/authorize', isRedirectUriRequired: true, hasIssuer: true },
];

/** RFC 6749 §4.1.2.1. */
const REFUSAL = { error: 'access_denied', error_description: 'The person did not allow the app.' };

/** The page on which a person allows an app to act for a team, contract §4. Mounted in a scope of pages. */
export function consentRoutes(app: FastifyInstance, parts: OAuthParts): void {
  for (const door of DOORS) {
    app.get<{ Querystring: RawParameters }>(door.path, { schema: { hide: true } }, async (request, reply) => {
      const asked = await readAuthorizationRequest(parts.storage, request.query);
      return showConsent(parts, { request, reply }, { ...asked, door });
    });
    app.post<{ Body: RawParameters }>(door.path, { schema: { hide: true } }, async (request, reply) => {
      const asked = await readAuthorizationRequest(parts.storage, request.body);
      return decide(parts, { request, reply }, { ...asked, door });
    });
  }
}

interface Asked {
  readonly app: AskingApp;
  readonly request: AuthorizationRequest;
  readonly door: Door;
}

async function showConsent(
  { storage }: OAuthParts,
  { request, reply }: Exchange,
  { app, request: asked, door, fault }: Asked & { readonly fault?: string },
): Promise<FastifyReply> {
  const fields = authorizationParameters(asked);
  const here = `${door.path}?${new URLSearchParams(fields).toString()}`;
  const { session } = request;
  if (session === undefined) return sendToSignIn(reply, here);
  const teams = await listTeamsOfUser(storage, session.userId);
  if (teams.length === 0) throw noTeam(session.email);
  return sendPage(reply, {
    title: `Connect ${app.name}`,
    status: fault === undefined ? 200 : 400,
    formTargets: formTargetsOf(asked),
    page: ConsentPage({
      csrfToken: formToken(request, reply),
      action: door.path,
      fields,
      appName: app.name,
      clientId: asked.clientId,
      redirectUri: asked.redirectUri,
      scopes: asked.scopes,
      teams,
      email: session.email,
      switchNext: here,
      fault,
    }),
  });
}

async function decide(parts: OAuthParts, exchange: Exchange, asked: Asked): Promise<FastifyReply> {
  const { request, reply } = exchange;
  const { session } = request;
  if (session === undefined) return showConsent(parts, exchange, asked);
  const { userId } = session;
  const origin = originOf(request);
  const decision = formTextOf(request, 'decision');
  if (decision === 'deny') {
    await parts.storage.write(denyApp, { request: asked.request, userId, origin });
    return sendOn(reply, answerAddress(parts, asked, REFUSAL));
  }
  const teamUuid = formTextOf(request, 'team');
  if (decision !== 'allow' || teamUuid === '') {
    return showConsent(parts, exchange, { ...asked, fault: 'Choose the team that the app may act for.' });
  }
  const { isRedirectUriRequired } = asked.door;
  const allowed = { request: asked.request, userId, teamUuid, isRedirectUriRequired, origin };
  const outcome = await parts.storage.write(allowApp, allowed);
  if (outcome === 'not_a_member') {
    return showConsent(parts, exchange, { ...asked, fault: 'You do not belong to that team. Choose another.' });
  }
  return sendOn(reply, answerAddress(parts, asked, { code: outcome.code }));
}

function answerAddress(
  { publicUrl }: OAuthParts,
  { request, door }: Asked,
  answer: Readonly<Record<string, string>>,
): string {
  const address = new URL(request.redirectUri);
  const more = withoutUndefined({ state: request.state, iss: door.hasIssuer ? publicUrl() : undefined });
  address.search = new URLSearchParams({ ...answer, ...more }).toString();
  return address.href;
}

// A browser follows the redirects of a form only to where the policy lets forms go, and the app may redirect further.
function formTargetsOf({ redirectUri }: AuthorizationRequest): string[] {
  return redirectUri.startsWith('https:') ? ['https:'] : ['http:'];
}

function noTeam(email: string): PageError {
  return new PageError(403, {
    heading: 'You belong to no team yet',
    message: `${email} is not a member of a team, so there is nothing to connect an app to.`,
    details: ['Ask whoever runs this server for an invitation.'],
    link: { href: '/account', text: 'Go to your account' },
  });
}
