import { statement } from '../storage/statement.js';
import type { Command, Reader } from '../storage/storage.js';
import { uuidText } from '../storage/uuid-text.js';

/** Everything a token may allow; what an app gets that asks for nothing in particular, contract §4. */
export const ALL_SCOPES = ['customers:read', 'customers:write', 'webhooks:manage'] as const;

/** One thing a token may allow. */
export type Scope = (typeof ALL_SCOPES)[number];

/** Whether a text names a scope. */
export function isScope(text: string): text is Scope {
  return ALL_SCOPES.some((scope) => scope === text);
}

/** An access token with what it stands for. */
export interface AccessToken {
  readonly grantId: number;
  readonly appId: number;
  readonly teamId: number;
  readonly teamUuid: string;
  readonly userId: number | null;
  readonly scopes: ReadonlySet<string>;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
  readonly isRevoked: boolean;
  /** Whether a request was made with it. */
  readonly isUsed: boolean;
  /** When a request was last noted under its grant, milliseconds since 1970; 0 for never. */
  readonly grantUsedAt: number;
}

const findToken = statement<{ tokenHash: string }>()(({ db, param }) =>
  db
    .selectFrom('access_tokens as token')
    .innerJoin('token_grants as grant', 'grant.id', 'token.grant_id')
    .innerJoin('teams as team', 'team.id', 'grant.team_id')
    .select([
      'token.grant_id',
      'token.expires_at',
      'token.scope as own_scope',
      'token.used_at',
      'grant.app_id',
      'grant.team_id',
      'grant.user_id',
      'grant.scope',
      'grant.revoked_at',
      'grant.last_used_at',
      'team.uuid as team_uuid',
    ])
    .where('token.token_hash', '=', param('tokenHash')),
);

const markUsed = statement<{ tokenHash: string; now: number }>()(({ db, param }) =>
  db
    .updateTable('access_tokens')
    .set((row) => ({ used_at: row.fn.coalesce('used_at', param('now')) }))
    .where('token_hash', '=', param('tokenHash')),
);

const markGrantUsed = statement<{ grantId: number; now: number }>()(({ db, param }) =>
  db
    .updateTable('token_grants')
    .set({ last_used_at: param('now') })
    .where('id', '=', param('grantId')),
);

/** The access token of a hash, expired or revoked or not, or undefined. */
export async function findAccessToken(reader: Reader, tokenHash: string): Promise<AccessToken | undefined> {
  const row = await reader.first(findToken, { tokenHash });
  if (row === undefined) return undefined;
  return {
    grantId: row.grant_id,
    appId: row.app_id,
    teamId: row.team_id,
    teamUuid: uuidText(row.team_uuid),
    userId: row.user_id,
    scopes: new Set((row.own_scope ?? row.scope).split(' ')),
    expiresAt: row.expires_at,
    isRevoked: row.revoked_at !== null,
    isUsed: row.used_at !== null,
    grantUsedAt: row.last_used_at ?? 0,
  };
}

/** A use of an access token to note. */
export interface TokenUse {
  readonly tokenHash: string;
  readonly grantId: number;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** Notes that an access token was used; gives false when it is gone, replaced by that of a repeated refresh. */
export const noteTokenUse: Command<TokenUse, boolean> = {
  name: 'note-token-use',
  locksRows: true,
  run: async (tx, { tokenHash, grantId, now }) => {
    if ((await tx.run(markUsed, { tokenHash, now })) === 0) return false;
    await tx.run(markGrantUsed, { grantId, now });
    return true;
  },
};
