import { statement } from '../../storage/statement.js';
import { command, type Reader, type Transaction } from '../../storage/storage.js';
import { uuidText } from '../../storage/uuid-text.js';

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

const markGrantUsed = statement<{ grantId: number; now: number }>()(({ db, param }) =>
  db
    .updateTable('token_grants')
    .set({ last_used_at: param('now') })
    .where('id', '=', param('grantId')),
);

const endToken = statement<{ tokenHash: string; now: number }>()(({ db, param }) =>
  db
    .updateTable('access_tokens')
    .set({ expires_at: param('now') })
    .where('token_hash', '=', param('tokenHash'))
    .where('expires_at', '>', param('now')),
);

/** Ends the life of an access token now; whoever uses it is told that it expired. */
export async function expireAccessToken(tx: Transaction, tokenHash: string): Promise<void> {
  await tx.run(endToken, { tokenHash, now: tx.now() });
}

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
    grantUsedAt: row.last_used_at ?? 0,
  };
}

/** A use of a grant to note. */
export interface GrantUse {
  readonly grantId: number;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** Notes that an app acted under a grant. */
export const noteGrantUse = command<GrantUse, void>({
  name: 'note-grant-use',
  locksRows: true,
  run: async (tx, use) => {
    await tx.run(markGrantUsed, use);
  },
});
