import { currentTime } from '../../clock.js';
import { statement } from '../../storage/statement.js';
import { command } from '../../storage/storage.js';

/** Rows of each kind forgotten in one transaction. */
const FORGET_ROWS = 500;
const DAY_MS = 24 * 60 * 60 * 1000;
/** For how long an expired access token is told from one that never was, in milliseconds. */
const EXPIRED_ACCESS_KEPT_MS = 30 * DAY_MS;
/** For how long the second use of an expired code, or a late look at an old link, is recognised, in milliseconds. */
const EXPIRED_KEPT_MS = DAY_MS;

type TokenTable = 'access_tokens' | 'refresh_tokens' | 'sessions' | 'invitations';

const forgetTokens = (table: TokenTable) =>
  statement<{ olderThan: number }>()(({ db, param }) =>
    db
      .deleteFrom(table)
      .where((row) =>
        row(
          'token_hash',
          'in',
          db.selectFrom(table).select('token_hash').where('expires_at', '<', param('olderThan')).limit(FORGET_ROWS),
        ),
      ),
  );

const forgetAccessTokens = forgetTokens('access_tokens');
const forgetRefreshTokens = forgetTokens('refresh_tokens');
const forgetSessions = forgetTokens('sessions');
const forgetInvitations = forgetTokens('invitations');

const forgetCodes = statement<{ olderThan: number }>()(({ db, param }) =>
  db
    .deleteFrom('authorization_codes')
    .where((row) =>
      row(
        'code_hash',
        'in',
        db
          .selectFrom('authorization_codes')
          .select('code_hash')
          .where('expires_at', '<', param('olderThan'))
          .limit(FORGET_ROWS),
      ),
    ),
);

/** Forgets some of the tokens, codes, sessions and invitations that ended long ago; gives whether more may be left. */
export const forgetExpired = command<undefined, boolean>({
  name: 'forget-expired',
  locksRows: true,
  run: async (tx) => {
    const now = currentTime();
    const olderThan = now - EXPIRED_KEPT_MS;
    const forgotten = [
      await tx.run(forgetAccessTokens, { olderThan: now - EXPIRED_ACCESS_KEPT_MS }),
      await tx.run(forgetRefreshTokens, { olderThan }),
      await tx.run(forgetCodes, { olderThan }),
      await tx.run(forgetSessions, { olderThan }),
      await tx.run(forgetInvitations, { olderThan }),
    ];
    return forgotten.includes(FORGET_ROWS);
  },
});
