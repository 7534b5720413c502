import { appendAudit, type Origin } from '../../audit/audit-store.js';
import { currentTime } from '../../clock.js';
import { newAccessToken, newRefreshToken, tokenHash } from '../../identity/credentials.js';
import { findFirstMember, type Team } from '../../identity/team-store.js';
import type { Scope } from '../../partner-api/scope.js';
import { command, type Storage } from '../../storage/storage.js';
import { grantStore, type NewGrant, type StoredToken } from './grant-store.js';

/** A pair of tokens as it is handed out; the only time that they are readable, contract §4. */
export interface IssuedTokens {
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly accessTokenExpiresAt: string;
  readonly refreshTokenExpiresAt: string;
  readonly workspaceId: string;
  readonly workspaceName: string;
}

/** Whom tokens are for, and for how long. */
export interface TokenRequest {
  readonly appId: number;
  readonly team: Team;
  readonly scopes: readonly Scope[];
  readonly accessTokenSeconds: number;
  readonly refreshTokenSeconds: number;
  readonly origin: Origin;
}

/** A grant with its first pair of tokens to store, as hashes. */
export interface CreateTokens extends NewGrant {
  readonly access: StoredToken;
  readonly refresh: StoredToken;
  readonly origin: Origin;
}

/** Stores a grant with its first pair of tokens. */
const createTokens = command<CreateTokens, void>({
  name: 'create-tokens',
  run: async (tx, { access, refresh, origin, ...grant }) => {
    const store = grantStore(tx);
    const grantId = await store.insert(grant);
    await store.insertTokens({ grantId, access, refresh, accessScopes: null });
    await appendAudit(tx, 'token.created', { origin, ...grant });
  },
});

/** Makes a pair of tokens for an app and a team, in the name of the team's first member; only hashes are stored. */
export async function issueTokens(storage: Storage, request: TokenRequest): Promise<IssuedTokens> {
  const { appId, team, scopes, origin } = request;
  const now = currentTime();
  const accessToken = newAccessToken();
  const refreshToken = newRefreshToken();
  const access = { hash: tokenHash(accessToken), expiresAt: now + request.accessTokenSeconds * 1000 };
  const refresh = { hash: tokenHash(refreshToken), expiresAt: now + request.refreshTokenSeconds * 1000 };
  const userId = (await findFirstMember(storage, team.id)) ?? null;
  await storage.write(createTokens, { appId, teamId: team.id, userId, scopes, access, refresh, origin });
  return {
    accessToken,
    refreshToken,
    accessTokenExpiresAt: new Date(access.expiresAt).toISOString(),
    refreshTokenExpiresAt: new Date(refresh.expiresAt).toISOString(),
    workspaceId: team.uuid,
    workspaceName: team.name,
  };
}
