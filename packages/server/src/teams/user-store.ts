import { emailKey } from '../storage/fold-case.js';
import { statement } from '../storage/statement.js';
import type { Command } from '../storage/storage.js';

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
      .onConflict((conflict) => conflict.doNothing()),
);

const findUserId = statement<{ emailKey: string }>()(({ db, param }) =>
  db.selectFrom('users').select('id').where('email_key', '=', param('emailKey')),
);

const insertMember = statement<{ teamId: number; userId: number; now: number }>()(({ db, param }) =>
  db
    .insertInto('team_members')
    .values({ team_id: param('teamId'), user_id: param('userId'), created_at: param('now') })
    .onConflict((conflict) => conflict.doNothing()),
);

/** A person to store as a member of a team. */
export interface CreateUser {
  readonly uuid: string;
  readonly email: string;
  readonly passwordHash: string;
  readonly teamId: number;
}

/** Stores a new user as a member of a team; gives `email_taken` and stores nothing when the email has a user already. */
export const createUser: Command<CreateUser, 'created' | 'email_taken'> = {
  name: 'create-user',
  run: async (tx, { uuid, email, passwordHash, teamId }) => {
    const now = Date.now();
    const key = emailKey(email);
    if ((await tx.run(insertUser, { uuid, email, emailKey: key, passwordHash, now })) === 0) return 'email_taken';
    const user = await tx.first(findUserId, { emailKey: key });
    if (user === undefined) throw new Error('a user was stored and is not found');
    await tx.run(insertMember, { teamId, userId: user.id, now });
    return 'created';
  },
};
