import { statement } from '../storage/statement.js';
import type { Command, Reader } from '../storage/storage.js';

/** Everything a token may allow; what `countersign token create` gives. */
export const ALL_SCOPES = ['customers:read', 'customers:write', 'webhooks:manage'] as const;

/** One thing a token may allow. */
export type Scope = (typeof ALL_SCOPES)[number];

/** An access token with what it stands for. */
export interface AccessToken {
  readonly appId: number;
  readonly teamId: number;
  readonly teamUuid: string;
  readonly userId: number | null;
  readonly scopes: ReadonlySet<string>;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
  readonly isRevoked: boolean;
}

const findToken = statement<{ tokenHash: string }>()(({ db, param }) =>
  db
    .selectFrom('access_tokens as token')
    .innerJoin('token_grants as grant', 'grant.id', 'token.grant_id')
    .innerJoin('teams as team', 'team.id', 'grant.team_id')
    .select([
      'token.expires_at',
      'grant.app_id',
      'grant.team_id',
      'grant.user_id',
      'grant.scope',
      'grant.revoked_at',
      'team.uuid as team_uuid',
    ])
    .where('token.token_hash', '=', param('tokenHash')),
);

const insertGrant = statement<{ appId: number; teamId: number; userId: number | null; scope: string; now: number }>()(
  ({ db, param }) =>
    db
      .insertInto('token_grants')
      .values({
        app_id: param('appId'),
        team_id: param('teamId'),
        user_id: param('userId'),
        scope: param('scope'),
        created_at: param('now'),
      })
      .returning('id'),
);

const insertAccessToken = statement<{ tokenHash: string; grantId: number; now: number; expiresAt: number }>()(
  ({ db, param }) =>
    db.insertInto('access_tokens').values({
      token_hash: param('tokenHash'),
      grant_id: param('grantId'),
      created_at: param('now'),
      expires_at: param('expiresAt'),
    }),
);

const insertRefreshToken = statement<{ tokenHash: string; grantId: number; now: number; expiresAt: number }>()(
  ({ db, param }) =>
    db.insertInto('refresh_tokens').values({
      token_hash: param('tokenHash'),
      grant_id: param('grantId'),
      created_at: param('now'),
      expires_at: param('expiresAt'),
    }),
);

/** The access token of a hash, expired or revoked or not, or undefined. */
export async function findAccessToken(reader: Reader, tokenHash: string): Promise<AccessToken | undefined> {
  const row = await reader.first(findToken, { tokenHash });
  if (row === undefined) return undefined;
  return {
    appId: row.app_id,
    teamId: row.team_id,
    teamUuid: formatUuid(row.team_uuid),
    userId: row.user_id,
    scopes: new Set(row.scope.split(' ')),
    expiresAt: row.expires_at,
    isRevoked: row.revoked_at !== null,
  };
}

function formatUuid(bytes: Uint8Array): string {
  const hex = Buffer.from(bytes).toString('hex');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** A pair of tokens to store, as hashes. */
export interface CreateTokens {
  readonly appId: number;
  readonly teamId: number;
  readonly userId: number | null;
  readonly scopes: readonly Scope[];
  readonly accessTokenHash: string;
  /** Milliseconds since 1970. */
  readonly accessTokenExpiresAt: number;
  readonly refreshTokenHash: string;
  /** Milliseconds since 1970. */
  readonly refreshTokenExpiresAt: number;
}

/** Stores a grant with its first pair of tokens. */
export const createTokens: Command<CreateTokens, void> = {
  name: 'create-tokens',
  run: async (tx, request) => {
    const now = Date.now();
    const grant = await tx.first(insertGrant, {
      appId: request.appId,
      teamId: request.teamId,
      userId: request.userId,
      scope: request.scopes.join(' '),
      now,
    });
    if (grant === undefined) throw new Error('a grant was stored and has no id');
    const grantId = grant.id;
    const { accessTokenHash, accessTokenExpiresAt, refreshTokenHash, refreshTokenExpiresAt } = request;
    await tx.run(insertAccessToken, { tokenHash: accessTokenHash, grantId, now, expiresAt: accessTokenExpiresAt });
    await tx.run(insertRefreshToken, { tokenHash: refreshTokenHash, grantId, now, expiresAt: refreshTokenExpiresAt });
  },
};
