import { currentTime } from '../../clock.js';
import { statement } from '../../storage/statement.js';
import type { Transaction } from '../../storage/storage.js';

/** Most pairs of tokens of a grant that work at once, contract §4.4. */
const LIVE_PAIRS = 10;

const unusedRefreshTokens = statement<{ grantId: number; now: number }>()(({ db, param }) =>
  db
    .selectFrom('refresh_tokens')
    .select(['token_hash as hash', 'created_at as createdAt'])
    .where('grant_id', '=', param('grantId'))
    .where('used_at', 'is', null)
    .where('ended_at', 'is', null)
    .where('expires_at', '>', param('now')),
);

const liveAccessTokens = statement<{ grantId: number; now: number }>()(({ db, param }) =>
  db
    .selectFrom('access_tokens')
    .select(['refresh_hash as hash', 'created_at as createdAt'])
    .where('grant_id', '=', param('grantId'))
    .where('expires_at', '>', param('now'))
    .where('refresh_hash', 'is not', null)
    .$narrowType<{ hash: string }>(),
);

const endRefreshToken = statement<{ hash: string; now: number }>()(({ db, param }) =>
  db
    .updateTable('refresh_tokens')
    .set({ ended_at: param('now') })
    .where('token_hash', '=', param('hash'))
    .where('used_at', 'is', null),
);

const deleteAccessTokenOf = statement<{ hash: string }>()(({ db, param }) =>
  db.deleteFrom('access_tokens').where('refresh_hash', '=', param('hash')),
);

/** Pairs that gave way to another. */
export interface EndedPairs {
  readonly all: number;
  /** Those whose refresh token nobody had used: some process may have nothing else. */
  readonly unused: number;
}

/** Ends the oldest pairs of a grant, so that one more is not too many. */
export async function makeRoomForPair(tx: Transaction, grantId: number): Promise<EndedPairs> {
  const now = currentTime();
  const pairs = await listLivePairs(tx, { grantId, now });
  const tooMany = pairs.slice(LIVE_PAIRS - 1);
  let unused = 0;
  for (const { hash } of tooMany) {
    unused += await tx.run(endRefreshToken, { hash, now });
    await tx.run(deleteAccessTokenOf, { hash });
  }
  return { all: tooMany.length, unused };
}

interface LivePair {
  /** Of its refresh token. */
  readonly hash: string;
  readonly createdAt: number;
}

/**
 * The pairs of a grant that hold a place, the last to end first: by a refresh token that nobody has used, or by an access
 * token that goes on after its refresh token was used. These end before the others, whose loss would put a process out.
 */
async function listLivePairs(
  tx: Transaction,
  grant: { readonly grantId: number; readonly now: number },
): Promise<LivePair[]> {
  const newestFirst = (one: LivePair, other: LivePair) => other.createdAt - one.createdAt;
  const unused = (await tx.all(unusedRefreshTokens, grant)).sort(newestFirst);
  const known = new Set(unused.map(({ hash }) => hash));
  const refreshed = (await tx.all(liveAccessTokens, grant)).filter(({ hash }) => !known.has(hash)).sort(newestFirst);
  return [...unused, ...refreshed];
}
