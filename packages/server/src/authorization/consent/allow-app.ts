import OAuth2Server from '@node-oauth/oauth2-server';
import { appendAudit, type Origin } from '../../audit/audit-store.js';
import { findActiveApp } from '../../identity/apps/app-store.js';
import { isRegisteredRedirectUri } from '../../identity/apps/redirect-uri.js';
import { newAuthorizationCode, tokenHash } from '../../identity/credentials.js';
import { findTeamOfUser } from '../../identity/team-store.js';
import { command, type Transaction } from '../../storage/storage.js';
import { authorizationCodeStore } from '../tokens/authorization-code-store.js';
import { type AuthorizationRequest, authorizationParameters } from './authorization-request.js';

/** Lifetime of an authorization code, in seconds: five minutes, contract §4. */
const CODE_SECONDS = 300;

/** A person's yes to an app. */
export interface AllowApp {
  readonly request: AuthorizationRequest;
  readonly userId: number;
  readonly teamUuid: string;
  /** Whether the exchange must repeat the redirect URI, RFC 6749 §4.1.3. */
  readonly isRedirectUriRequired: boolean;
  readonly origin: Origin;
}

/** A person's no to an app. */
export type DenyApp = Pick<AllowApp, 'request' | 'userId' | 'origin'>;

/** How a yes ended: with a code to hand to the app, or for a team that the person does not belong to, with nothing. */
export type AllowOutcome = { readonly code: string } | 'not_a_member';

/** Gives an app a code for a team that the person belongs to, contract §4. */
export const allowApp = command<AllowApp, AllowOutcome>({
  name: 'allow-app',
  run: async (tx, allow) => {
    const { request, userId, teamUuid, origin } = allow;
    const team = await findTeamOfUser(tx, { userId, teamUuid });
    if (team === undefined) return 'not_a_member';
    const app = await getApp(tx, request.clientId);
    const model = codeModel(tx, { ...allow, appId: app.id, teamId: team.id, redirectUris: app.redirectUris });
    const code = await new OAuth2Server({ model }).authorize(libraryRequest(request), new OAuth2Server.Response(), {
      allowEmptyState: true,
      authorizationCodeLifetime: CODE_SECONDS,
      authenticateHandler: { handle: async () => ({ id: userId }) },
    });
    await appendAudit(tx, 'app.allowed', { origin, userId, teamId: team.id, appId: app.id });
    return { code: code.authorizationCode };
  },
});

/** Writes down that a person did not allow an app. */
export const denyApp = command<DenyApp, void>({
  name: 'deny-app',
  run: async (tx, { request, userId, origin }) => {
    const app = await getApp(tx, request.clientId);
    await appendAudit(tx, 'app.denied', { origin, userId, appId: app.id });
  },
});

async function getApp(tx: Transaction, clientId: string) {
  const app = await findActiveApp(tx, clientId);
  if (app === undefined) throw new Error('the app of an authorization is gone');
  return app;
}

function libraryRequest(request: AuthorizationRequest): OAuth2Server.Request {
  return new OAuth2Server.Request({
    method: 'POST',
    headers: {},
    query: {},
    body: authorizationParameters(request),
  });
}

interface CodeContext extends AllowApp {
  readonly appId: number;
  readonly teamId: number;
  readonly redirectUris: readonly string[];
}

function codeModel(tx: Transaction, context: CodeContext): OAuth2Server.AuthorizationCodeModel {
  const { request, appId, teamId, userId, redirectUris, isRedirectUriRequired } = context;
  const client = { id: request.clientId, grants: ['authorization_code'], redirectUris: [...redirectUris] };
  const refuseUse = () => {
    throw new Error('not a part of authorization requests');
  };
  return {
    getClient: async () => client,
    validateRedirectUri: async (uri) => isRegisteredRedirectUri(redirectUris, uri),
    generateAuthorizationCode: async () => newAuthorizationCode(),
    saveAuthorizationCode: async (code, codeClient, user) => {
      await authorizationCodeStore(tx).insert({
        codeHash: tokenHash(code.authorizationCode),
        appId,
        teamId,
        userId,
        scopes: code.scope ?? [],
        redirectUri: code.redirectUri,
        isRedirectUriRequired,
        codeChallenge: code.codeChallenge ?? null,
        stateHash: request.state === undefined ? null : tokenHash(request.state),
        expiresAt: code.expiresAt.getTime(),
      });
      return { ...code, client: codeClient, user };
    },
    getAuthorizationCode: refuseUse,
    revokeAuthorizationCode: refuseUse,
    saveToken: refuseUse,
    getAccessToken: refuseUse,
  };
}
