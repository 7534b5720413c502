import { currentTime } from '../../clock.js';
import { statement } from '../../storage/statement.js';
import type { Transaction } from '../../storage/storage.js';
import { type StoredUuid, uuidText } from '../../storage/uuid-text.js';

/** What a person allowed an app to do for a team; a family of tokens grows from it. */
export interface NewGrant {
  readonly appId: number;
  readonly teamId: number;
  readonly userId: number | null;
  readonly scopes: readonly string[];
}

/** A token's hash and its end, in milliseconds since 1970. */
export interface StoredToken {
  readonly hash: string;
  readonly expiresAt: number;
}

/** A pair of tokens to store. */
export interface TokenPair {
  readonly grantId: number;
  readonly access: StoredToken;
  readonly refresh: StoredToken;
  /** Where the access token allows less than the grant, what. */
  readonly accessScopes: readonly string[] | null;
}

/** A refresh token with its grant. */
export interface RefreshToken {
  readonly hash: string;
  readonly grantId: number;
  readonly appId: number;
  readonly team: { readonly id: number; readonly uuid: string; readonly name: string };
  readonly userId: number | null;
  readonly scopes: readonly string[];
  readonly expiresAt: number;
  /** Whether its grant was revoked. */
  readonly isRevoked: boolean;
  /** When it was used first, milliseconds since 1970; null for never. */
  readonly usedAt: number | null;
  /** Whether it was ended to make room for newer pairs. */
  readonly isEnded: boolean;
}

/** Whom a token's grant is for. */
export interface GrantOfToken {
  readonly grantId: number;
  readonly appId: number;
  readonly teamId: number;
  readonly userId: number | null;
}

/** Grants and their tokens inside a transaction. */
export interface GrantStore {
  /** Stores a grant and gives its id. */
  insert(grant: NewGrant): Promise<number>;
  /** Stores a pair of tokens. */
  insertTokens(pair: TokenPair): Promise<void>;
  /** A refresh token whose grant nobody else changes until the transaction ends. */
  lockRefreshToken(hash: string): Promise<RefreshToken | undefined>;
  markRefreshTokenUsed(hash: string): Promise<void>;
  /** The grant of an access or a refresh token. */
  findGrantOfToken(hash: string): Promise<GrantOfToken | undefined>;
  /** Ends a grant with all its tokens; gives false when it had ended before. */
  revoke(grantId: number): Promise<boolean>;
}

const insertGrant = statement<Omit<NewGrant, 'scopes'> & { scope: string; now: number }>()(({ db, param }) =>
  db
    .insertInto('token_grants')
    .values({
      app_id: param('appId'),
      team_id: param('teamId'),
      user_id: param('userId'),
      scope: param('scope'),
      created_at: param('now'),
      // Its first pair of tokens says until when it lives.
      ends_at: 0,
    })
    .returning('id'),
);

type TokenParameters = StoredToken & { grantId: number; now: number };

const insertAccessToken = statement<TokenParameters & { refreshHash: string; scope: string | null }>()(
  ({ db, param }) =>
    db.insertInto('access_tokens').values({
      token_hash: param('hash'),
      grant_id: param('grantId'),
      created_at: param('now'),
      expires_at: param('expiresAt'),
      scope: param('scope'),
      refresh_hash: param('refreshHash'),
    }),
);

const insertRefreshToken = statement<TokenParameters>()(({ db, param }) =>
  db.insertInto('refresh_tokens').values({
    token_hash: param('hash'),
    grant_id: param('grantId'),
    created_at: param('now'),
    expires_at: param('expiresAt'),
  }),
);

const prolongGrant = statement<{ grantId: number; endsAt: number }>()(({ db, param }) =>
  db
    .updateTable('token_grants')
    .set({ ends_at: param('endsAt') })
    .where('id', '=', param('grantId'))
    .where('ends_at', '<', param('endsAt')),
);

const lockGrantOf = statement<{ hash: string }>()(({ db, param, dialect }) =>
  dialect.forUpdate(
    db
      .selectFrom('token_grants')
      .select('id')
      .where('id', 'in', db.selectFrom('refresh_tokens').select('grant_id').where('token_hash', '=', param('hash'))),
  ),
);

const findRefresh = statement<{ hash: string }>()(({ db, param }) =>
  db
    .selectFrom('refresh_tokens as token')
    .innerJoin('token_grants as grant', 'grant.id', 'token.grant_id')
    .innerJoin('teams as team', 'team.id', 'grant.team_id')
    .select([
      'token.grant_id',
      'token.expires_at',
      'token.used_at',
      'token.ended_at',
      'grant.app_id',
      'grant.user_id',
      'grant.scope',
      'grant.revoked_at',
      'team.id as team_id',
      'team.uuid as team_uuid',
      'team.name as team_name',
    ])
    .where('token.token_hash', '=', param('hash')),
);

const markUsed = statement<{ hash: string; now: number }>()(({ db, param }) =>
  db
    .updateTable('refresh_tokens')
    .set((row) => ({ used_at: row.fn.coalesce('used_at', param('now')) }))
    .where('token_hash', '=', param('hash')),
);

const grantOfToken = statement<{ hash: string }>()(({ db, param }) =>
  db
    .selectFrom('token_grants as grant')
    .select(['grant.id as grantId', 'grant.app_id as appId', 'grant.team_id as teamId', 'grant.user_id as userId'])
    .where((row) =>
      row.or([
        row(
          'grant.id',
          'in',
          db.selectFrom('access_tokens').select('grant_id').where('token_hash', '=', param('hash')),
        ),
        row(
          'grant.id',
          'in',
          db.selectFrom('refresh_tokens').select('grant_id').where('token_hash', '=', param('hash')),
        ),
      ]),
    ),
);

const revokeGrant = statement<{ grantId: number; now: number }>()(({ db, param }) =>
  db
    .updateTable('token_grants')
    .set({ revoked_at: param('now') })
    .where('id', '=', param('grantId'))
    .where('revoked_at', 'is', null),
);

/** Grants and their tokens inside a transaction; tokens are known by their hashes alone. */
export function grantStore(tx: Transaction): GrantStore {
  return {
    async insert({ scopes, ...grant }) {
      const row = await tx.first(insertGrant, { ...grant, scope: scopes.join(' '), now: currentTime() });
      if (row === undefined) throw new Error('a grant was stored and has no id');
      return row.id;
    },
    async insertTokens({ grantId, access, refresh, accessScopes }) {
      const shared = { grantId, now: currentTime() };
      const scope = accessScopes?.join(' ') ?? null;
      await tx.run(insertAccessToken, { ...access, ...shared, scope, refreshHash: refresh.hash });
      await tx.run(insertRefreshToken, { ...refresh, ...shared });
      await tx.run(prolongGrant, { grantId, endsAt: Math.max(access.expiresAt, refresh.expiresAt) });
    },
    async lockRefreshToken(hash) {
      await tx.first(lockGrantOf, { hash });
      const row = await tx.first(findRefresh, { hash });
      return row === undefined ? undefined : refreshToken(hash, row);
    },
    async markRefreshTokenUsed(hash) {
      await tx.run(markUsed, { hash, now: currentTime() });
    },
    findGrantOfToken: (hash) => tx.first(grantOfToken, { hash }),
    async revoke(grantId) {
      return (await tx.run(revokeGrant, { grantId, now: currentTime() })) > 0;
    },
  };
}

interface RefreshRow {
  readonly grant_id: number;
  readonly expires_at: number;
  readonly used_at: number | null;
  readonly ended_at: number | null;
  readonly app_id: number;
  readonly user_id: number | null;
  readonly scope: string;
  readonly revoked_at: number | null;
  readonly team_id: number;
  readonly team_uuid: StoredUuid;
  readonly team_name: string;
}

function refreshToken(hash: string, row: RefreshRow): RefreshToken {
  return {
    hash,
    grantId: row.grant_id,
    appId: row.app_id,
    team: { id: row.team_id, uuid: uuidText(row.team_uuid), name: row.team_name },
    userId: row.user_id,
    scopes: row.scope.split(' '),
    expiresAt: row.expires_at,
    isRevoked: row.revoked_at !== null,
    usedAt: row.used_at,
    isEnded: row.ended_at !== null,
  };
}
