import { appendAudit, type Origin } from '../audit/audit-store.js';
import { currentTime } from '../clock.js';
import { emailKey } from '../storage/customers/email-key.js';
import { statement } from '../storage/statement.js';
import { command, type Reader, type Transaction } from '../storage/storage.js';
import { uuidText } from '../storage/uuid-text.js';
import { joinTeam } from './team-store.js';

/** A person who signs in. */
export interface User {
  readonly id: number;
  readonly uuid: string;
  readonly email: string;
  /** argon2id, in PHC form. */
  readonly passwordHash: string;
}

const insertUser = statement<{ uuid: string; email: string; emailKey: string; passwordHash: string; now: number }>()(
  ({ db, param }) =>
    db
      .insertInto('users')
      .values({
        uuid: param.uuid('uuid'),
        email: param('email'),
        email_key: param('emailKey'),
        password_hash: param('passwordHash'),
        created_at: param('now'),
      })
      .onConflict((conflict) => conflict.doNothing())
      .returning('id'),
);

const findUser = statement<{ emailKey: string }>()(({ db, param }) =>
  db.selectFrom('users').select(['id', 'uuid', 'email', 'password_hash']).where('email_key', '=', param('emailKey')),
);

const updatePassword = statement<{ userId: number; oldHash: string; newHash: string }>()(({ db, param }) =>
  db
    .updateTable('users')
    .set({ password_hash: param('newHash') })
    .where('id', '=', param('userId'))
    .where('password_hash', '=', param('oldHash')),
);

/** The user of an email, without regard to case, or undefined. */
export async function findUserByEmail(reader: Reader, email: string): Promise<User | undefined> {
  const row = await reader.first(findUser, { emailKey: emailKey(email) });
  if (row === undefined) return undefined;
  return { id: row.id, uuid: uuidText(row.uuid), email: row.email, passwordHash: row.password_hash };
}

/** A person to store as a member of a team. */
export interface CreateUser {
  readonly uuid: string;
  readonly email: string;
  readonly passwordHash: string;
  readonly teamId: number;
  readonly origin: Origin;
}

/** Stores a new user as a member of a team; gives `email_taken` and stores nothing when the email has a user already. */
export const createUser = command<CreateUser, 'created' | 'email_taken'>({
  name: 'create-user',
  run: async (tx, user) => ((await storeUser(tx, user)) === undefined ? 'email_taken' : 'created'),
});

/** Stores a new user as a member of a team and gives its id; undefined, and nothing stored, when the email is taken. */
export async function storeUser(tx: Transaction, user: CreateUser): Promise<number | undefined> {
  const { uuid, email, passwordHash, teamId, origin } = user;
  const row = await tx.first(insertUser, { uuid, email, emailKey: emailKey(email), passwordHash, now: currentTime() });
  if (row === undefined) return undefined;
  await appendAudit(tx, 'user.created', { origin, teamId, userId: row.id });
  await joinTeam.run(tx, { teamId, userId: row.id, origin });
  return row.id;
}

/** Gives a user another password; false when it is not `oldHash` any more. */
export async function storePassword(
  tx: Transaction,
  change: { readonly userId: number; readonly oldHash: string; readonly newHash: string },
): Promise<boolean> {
  return (await tx.run(updatePassword, change)) > 0;
}
