import type { Storage } from '../storage/storage.js';
import { newAccessToken, newRefreshToken, tokenHash } from './credentials.js';
import { findFirstMember, type Team } from './team-store.js';
import { createTokens, type Scope } from './token-store.js';

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
}

/** Makes a pair of tokens for an app and a team, in the name of the team's first member; only hashes are stored. */
export async function issueTokens(storage: Storage, request: TokenRequest): Promise<IssuedTokens> {
  const { appId, team, scopes } = request;
  const now = Date.now();
  const accessToken = newAccessToken();
  const refreshToken = newRefreshToken();
  const accessTokenExpiresAt = now + request.accessTokenSeconds * 1000;
  const refreshTokenExpiresAt = now + request.refreshTokenSeconds * 1000;
  await storage.write(createTokens, {
    appId,
    teamId: team.id,
    userId: (await findFirstMember(storage, team.id)) ?? null,
    scopes,
    accessTokenHash: tokenHash(accessToken),
    accessTokenExpiresAt,
    refreshTokenHash: tokenHash(refreshToken),
    refreshTokenExpiresAt,
  });
  return {
    accessToken,
    refreshToken,
    accessTokenExpiresAt: new Date(accessTokenExpiresAt).toISOString(),
    refreshTokenExpiresAt: new Date(refreshTokenExpiresAt).toISOString(),
    workspaceId: team.uuid,
    workspaceName: team.name,
  };
}
