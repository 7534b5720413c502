import { currentTime } from '../../clock.js';
import { statement } from '../../storage/statement.js';
import type { Reader, Transaction } from '../../storage/storage.js';

/** A person who is signed in. */
export interface Session {
  readonly tokenHash: string;
  readonly userId: number;
  readonly email: string;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

/** A session to store. */
export type NewSession = Omit<Session, 'email'>;

const insertRow = statement<NewSession & { now: number }>()(({ db, param }) =>
  db.insertInto('sessions').values({
    token_hash: param('tokenHash'),
    user_id: param('userId'),
    created_at: param('now'),
    expires_at: param('expiresAt'),
  }),
);

const findLiveSession = statement<{ tokenHash: string; now: number }>()(({ db, param }) =>
  db
    .selectFrom('sessions as session')
    .innerJoin('users as user', 'user.id', 'session.user_id')
    .select(['session.user_id as userId', 'user.email', 'session.expires_at as expiresAt'])
    .where('session.token_hash', '=', param('tokenHash'))
    .where('session.expires_at', '>', param('now')),
);

const deleteOne = statement<{ tokenHash: string }>()(({ db, param }) =>
  db.deleteFrom('sessions').where('token_hash', '=', param('tokenHash')),
);

const deleteOfUser = statement<{ userId: number }>()(({ db, param }) =>
  db.deleteFrom('sessions').where('user_id', '=', param('userId')),
);

/** The session of a token's hash while it lasts, or undefined. */
export async function findSession(reader: Reader, tokenHash: string): Promise<Session | undefined> {
  const row = await reader.first(findLiveSession, { tokenHash, now: currentTime() });
  return row === undefined ? undefined : { ...row, tokenHash };
}

/** Stores a session. */
export async function insertSession(tx: Transaction, session: NewSession): Promise<void> {
  await tx.run(insertRow, { ...session, now: currentTime() });
}

/** Ends a session; gives false when it had ended. */
export async function deleteSession(tx: Transaction, tokenHash: string): Promise<boolean> {
  return (await tx.run(deleteOne, { tokenHash })) > 0;
}

/** Ends every session of a person. */
export async function deleteSessionsOfUser(tx: Transaction, userId: number): Promise<void> {
  await tx.run(deleteOfUser, { userId });
}
