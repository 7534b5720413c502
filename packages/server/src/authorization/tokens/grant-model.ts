import { PartnerError } from '@countersign/contract';
import OAuth2Server from '@node-oauth/oauth2-server';
import { type AuditEvent, appendAudit, type Origin } from '../../audit/audit-store.js';
import { currentTime, machineTimeOf, timeOfMachine } from '../../clock.js';
import { newAccessToken, newRefreshToken, tokenHash } from '../../identity/credentials.js';
import type { RequestMark } from '../../storage/request-mark.js';
import type { Transaction } from '../../storage/storage.js';
import type { TokenRules } from '../oauth-parts.js';
import { type AuthorizationCode, authorizationCodeStore } from './authorization-code-store.js';
import { grantStore, type RefreshToken } from './grant-store.js';
import { makeRoomForPair } from './live-pair-store.js';
import { refuseOldRepeat } from './refuse-old-repeat.js';

/** The app that asks, known to be who it says. */
export interface GrantingApp {
  readonly id: number;
  readonly clientId: string;
}

/** A pair of tokens as it was granted; the only time that they are readable. */
export interface GrantedTokens {
  readonly accessToken: string;
  readonly refreshToken: string;
  /** Milliseconds since 1970. */
  readonly accessTokenExpiresAt: number;
  /** Milliseconds since 1970. */
  readonly refreshTokenExpiresAt: number;
  readonly scopes: readonly string[];
  readonly team: { readonly uuid: string; readonly name: string };
}

/** Who asks, and from where. */
export interface GrantContext {
  readonly app: GrantingApp;
  /** The state of the authorization, where the app repeats it. */
  readonly state: string | undefined;
  /** Whether the app repeats the redirect URI, which then has to match. */
  readonly isRedirectUriGiven: boolean;
  readonly rules: TokenRules;
  readonly origin: Origin;
  /** The request, where it was signed. */
  readonly mark: RequestMark | undefined;
  /** Called when tokens that were given before have ended. */
  onTokensEnded(): void;
}

/** What tokens are granted for: a code that is exchanged, or a refresh token that is used. */
type Source = { readonly code: AuthorizationCode } | { readonly token: UsedRefreshToken };

/** A refresh token with how it came. */
interface UsedRefreshToken extends RefreshToken {
  /** Whether the very same signed request came before. */
  readonly isRepeat: boolean;
}

type Model = OAuth2Server.AuthorizationCodeModel & OAuth2Server.RefreshTokenModel;

/**
 * What the OAuth library asks about codes and tokens while it handles one token request, in one transaction. `granted`
 * gives the tokens once it is through.
 */
export function grantModel(
  tx: Transaction,
  context: GrantContext,
): { readonly model: Model; readonly granted: () => GrantedTokens } {
  const client = { id: context.app.clientId, grants: ['authorization_code', 'refresh_token'] };
  let source: Source | undefined;
  let granted: GrantedTokens | undefined;
  const model: Model = {
    getClient: async (clientId) => clientId === context.app.clientId && client,
    getAuthorizationCode: async (text) => {
      const code = await takeUsableCode(tx, tokenHash(text), context);
      if (code === undefined) return false;
      source = { code };
      return { ...codeForLibrary(code, context), authorizationCode: text, client };
    },
    revokeAuthorizationCode: ({ authorizationCode }) =>
      authorizationCodeStore(tx).markUsed(tokenHash(authorizationCode)),
    getRefreshToken: async (text) => {
      const token = await takeUsableRefreshToken(tx, tokenHash(text), context);
      if (token === undefined) return false;
      source = { token };
      return {
        refreshToken: text,
        refreshTokenExpiresAt: new Date(machineTimeOf(token.expiresAt)),
        scope: [...token.scopes],
        client,
        user: { id: token.userId },
      };
    },
    // The library asks before it has looked at the scope; the token is spent when another is stored in its place.
    revokeToken: async () => true,
    generateAccessToken: async () => newAccessToken(),
    generateRefreshToken: async () => newRefreshToken(),
    saveToken: async (token) => {
      if (source === undefined) throw new Error('tokens are granted for no code and no token');
      granted = grantedTokens(token, source);
      await storeTokens(tx, { source, granted, context });
      return { ...token, client, user: {} };
    },
    validateScope: async (_user, _client, scope) => scope ?? false,
    saveAuthorizationCode: refuseUse,
    getAccessToken: refuseUse,
  };
  return {
    model,
    granted: () => {
      if (granted === undefined) throw new Error('no tokens were granted');
      return granted;
    },
  };
}

function codeForLibrary(code: AuthorizationCode, { isRedirectUriGiven }: GrantContext) {
  return {
    expiresAt: new Date(machineTimeOf(code.expiresAt)),
    redirectUri: code.isRedirectUriRequired || isRedirectUriGiven ? code.redirectUri : '',
    scope: [...code.scopes],
    user: { id: code.userId },
    ...(code.codeChallenge === null ? {} : { codeChallenge: code.codeChallenge, codeChallengeMethod: 'S256' }),
  };
}

// The library's type asks for these, its token endpoint does not.
function refuseUse(): never {
  throw new Error('not a part of token requests');
}

// A second use of a code ends what the first one gave.
async function takeUsableCode(
  tx: Transaction,
  codeHash: string,
  { app, state, origin, onTokensEnded }: GrantContext,
): Promise<AuthorizationCode | undefined> {
  const code = await authorizationCodeStore(tx).lock(codeHash);
  // Another app learns nothing, and ends nothing.
  if (code === undefined || code.appId !== app.id) return undefined;
  if (code.isUsed) {
    const isEnded = code.grantId !== null && (await grantStore(tx).revoke(code.grantId));
    if (!isEnded) return undefined;
    onTokensEnded();
    await appendAudit(tx, 'code.reused', { origin, appId: app.id, userId: code.userId, teamId: code.teamId });
    return undefined;
  }
  if (state !== undefined && code.stateHash !== tokenHash(state)) {
    throw new OAuth2Server.InvalidGrantError('The state is not that of this code');
  }
  return code;
}

// One that comes after its end is told to the audit, and ends its family where the operator wants it.
async function takeUsableRefreshToken(
  tx: Transaction,
  hash: string,
  { app, rules, origin, mark, onTokensEnded }: GrantContext,
): Promise<UsedRefreshToken | undefined> {
  const store = grantStore(tx);
  const token = await store.lockRefreshToken(hash);
  if (token === undefined || token.appId !== app.id || token.isRevoked) return undefined;
  const isRepeat = mark !== undefined && (await refuseOldRepeat(tx, { teamId: token.team.id, ...mark }));
  if (!token.isEnded && !isGraceOver(token, rules)) return { ...token, isRepeat };
  const subject = { origin, appId: app.id, userId: token.userId, teamId: token.team.id };
  await appendAudit(tx, 'token.reused', subject);
  if (rules.refreshReuse === 'refuse') return undefined;
  await store.revoke(token.grantId);
  onTokensEnded();
  await appendAudit(tx, 'token.family_ended', subject);
  return undefined;
}

function isGraceOver({ usedAt }: RefreshToken, { refreshGraceSeconds }: TokenRules): boolean {
  return usedAt !== null && currentTime() >= usedAt + refreshGraceSeconds * 1_000;
}

function grantedTokens(token: OAuth2Server.Token, source: Source): GrantedTokens {
  const { accessToken, accessTokenExpiresAt, refreshToken, refreshTokenExpiresAt, scope } = token;
  if (accessTokenExpiresAt === undefined || refreshToken === undefined || refreshTokenExpiresAt === undefined) {
    throw new Error('the OAuth library made an incomplete pair of tokens');
  }
  const { uuid, name } = 'code' in source ? source.code.team : source.token.team;
  return {
    accessToken,
    refreshToken,
    accessTokenExpiresAt: timeOfMachine(accessTokenExpiresAt.getTime()),
    refreshTokenExpiresAt: timeOfMachine(refreshTokenExpiresAt.getTime()),
    scopes: scope ?? [],
    team: { uuid, name },
  };
}

interface Granting {
  readonly source: Source;
  readonly granted: GrantedTokens;
  readonly context: GrantContext;
}

async function storeTokens(tx: Transaction, { source, granted, context }: Granting): Promise<void> {
  const grants = grantStore(tx);
  const pair = {
    access: { hash: tokenHash(granted.accessToken), expiresAt: granted.accessTokenExpiresAt },
    refresh: { hash: tokenHash(granted.refreshToken), expiresAt: granted.refreshTokenExpiresAt },
  };
  if ('token' in source) {
    const { hash, grantId, team, userId, scopes, isRepeat } = source.token;
    const accessScopes = granted.scopes.length < scopes.length ? granted.scopes : null;
    await grants.markRefreshTokenUsed(hash);
    const ended = await makeRoomForPair(tx, grantId);
    // A repeat takes nobody else's place, so that whoever kept the request puts no process out.
    if (ended.unused > 0 && isRepeat) throw new PartnerError('replayed_request');
    await grants.insertTokens({ ...pair, grantId, accessScopes });
    await audit(tx, 'token.refreshed', { context, userId, teamId: team.id });
    if (ended.all === 0) return;
    context.onTokensEnded();
    await audit(tx, 'token.oldest_ended', { context, userId, teamId: team.id });
    return;
  }
  const { codeHash, teamId, userId, scopes } = source.code;
  const grantId = await grants.insert({ appId: context.app.id, teamId, userId, scopes });
  await authorizationCodeStore(tx).setGrant(codeHash, grantId);
  await grants.insertTokens({ ...pair, grantId, accessScopes: null });
  await audit(tx, 'token.created', { context, userId, teamId });
}

interface Audited {
  readonly context: GrantContext;
  readonly userId: number | null;
  readonly teamId: number;
}

function audit(tx: Transaction, event: AuditEvent, { context, ...whom }: Audited) {
  return appendAudit(tx, event, { origin: context.origin, appId: context.app.id, ...whom });
}
