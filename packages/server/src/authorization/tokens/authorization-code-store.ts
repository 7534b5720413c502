import { currentTime } from '../../clock.js';
import { statement } from '../../storage/statement.js';
import type { Transaction } from '../../storage/storage.js';
import { uuidText } from '../../storage/uuid-text.js';

/** An authorization code to store. */
export interface NewAuthorizationCode {
  readonly codeHash: string;
  readonly appId: number;
  readonly teamId: number;
  readonly userId: number;
  readonly scopes: readonly string[];
  readonly redirectUri: string;
  /** Whether the exchange must repeat the redirect URI, RFC 6749 §4.1.3. */
  readonly isRedirectUriRequired: boolean;
  /** PKCE, S256. */
  readonly codeChallenge: string | null;
  readonly stateHash: string | null;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

/** A stored authorization code. */
export interface AuthorizationCode extends NewAuthorizationCode {
  readonly team: { readonly id: number; readonly uuid: string; readonly name: string };
  readonly isUsed: boolean;
  /** The grant that it gave. */
  readonly grantId: number | null;
}

/** Authorization codes inside a transaction. */
export interface AuthorizationCodeStore {
  insert(code: NewAuthorizationCode): Promise<void>;
  /** A code that nobody else uses until the transaction ends. */
  lock(codeHash: string): Promise<AuthorizationCode | undefined>;
  /** Marks a code used; gives false when it was. */
  markUsed(codeHash: string): Promise<boolean>;
  /** Remembers the grant that a code gave. */
  setGrant(codeHash: string, grantId: number): Promise<void>;
}

const insertCode = statement<
  Omit<NewAuthorizationCode, 'scopes' | 'isRedirectUriRequired'> & {
    scope: string;
    isRedirectUriRequired: number;
    now: number;
  }
>()(({ db, param }) =>
  db.insertInto('authorization_codes').values({
    code_hash: param('codeHash'),
    app_id: param('appId'),
    team_id: param('teamId'),
    user_id: param('userId'),
    scope: param('scope'),
    redirect_uri: param('redirectUri'),
    is_redirect_uri_required: param('isRedirectUriRequired'),
    code_challenge: param('codeChallenge'),
    state_hash: param('stateHash'),
    created_at: param('now'),
    expires_at: param('expiresAt'),
  }),
);

const lockCode = statement<{ codeHash: string }>()(({ db, param, dialect }) =>
  dialect.forUpdate(
    db.selectFrom('authorization_codes').select('code_hash').where('code_hash', '=', param('codeHash')),
  ),
);

const findCode = statement<{ codeHash: string }>()(({ db, param }) =>
  db
    .selectFrom('authorization_codes as code')
    .innerJoin('teams as team', 'team.id', 'code.team_id')
    .selectAll('code')
    .select(['team.uuid as team_uuid', 'team.name as team_name'])
    .where('code.code_hash', '=', param('codeHash')),
);

const markCodeUsed = statement<{ codeHash: string; now: number }>()(({ db, param }) =>
  db
    .updateTable('authorization_codes')
    .set({ used_at: param('now') })
    .where('code_hash', '=', param('codeHash'))
    .where('used_at', 'is', null),
);

const setCodeGrant = statement<{ codeHash: string; grantId: number }>()(({ db, param }) =>
  db
    .updateTable('authorization_codes')
    .set({ grant_id: param('grantId') })
    .where('code_hash', '=', param('codeHash')),
);

/** Authorization codes inside a transaction; they are known by their hashes alone. */
export function authorizationCodeStore(tx: Transaction): AuthorizationCodeStore {
  return {
    async insert({ scopes, isRedirectUriRequired, ...code }) {
      const scope = scopes.join(' ');
      await tx.run(insertCode, {
        ...code,
        scope,
        isRedirectUriRequired: isRedirectUriRequired ? 1 : 0,
        now: currentTime(),
      });
    },
    async lock(codeHash) {
      await tx.first(lockCode, { codeHash });
      const row = await tx.first(findCode, { codeHash });
      if (row === undefined) return undefined;
      return {
        codeHash,
        appId: row.app_id,
        teamId: row.team_id,
        userId: row.user_id,
        scopes: row.scope.split(' '),
        redirectUri: row.redirect_uri,
        isRedirectUriRequired: row.is_redirect_uri_required === 1,
        codeChallenge: row.code_challenge,
        stateHash: row.state_hash,
        expiresAt: row.expires_at,
        team: { id: row.team_id, uuid: uuidText(row.team_uuid), name: row.team_name },
        isUsed: row.used_at !== null,
        grantId: row.grant_id,
      };
    },
    async markUsed(codeHash) {
      return (await tx.run(markCodeUsed, { codeHash, now: currentTime() })) > 0;
    },
    async setGrant(codeHash, grantId) {
      await tx.run(setCodeGrant, { codeHash, grantId });
    },
  };
}
