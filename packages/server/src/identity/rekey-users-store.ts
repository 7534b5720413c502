import { sql } from 'kysely';
import { emailKey, LOST_MARK, lostEmailKey } from '../storage/customers/email-key.js';
import { IS_INTERNATIONAL } from '../storage/customers/older-terms.js';
import { statement } from '../storage/statement.js';
import { command, type Reader } from '../storage/storage.js';
import { uuidText } from '../storage/uuid-text.js';

const findInternational = statement<object>()(({ db }) =>
  db
    .selectFrom('users')
    .select(['id', 'uuid', 'email', 'email_key'])
    .where(sql.raw<boolean>(IS_INTERNATIONAL))
    .orderBy('id'),
);

const findHolder = statement<{ emailKey: string }>()(({ db, param }) =>
  db.selectFrom('users').select(['id', 'uuid']).where('email_key', '=', param('emailKey')),
);

const setEmailKey = statement<{ id: number; emailKey: string }>()(({ db, param }) =>
  db
    .updateTable('users')
    .set({ email_key: param('emailKey') })
    .where('id', '=', param('id')),
);

/** The users whose email has another key than an earlier version gave it; nearly always none. */
async function findStaleUsers(reader: Reader) {
  const users = await reader.all(findInternational, {});
  return users.filter((user) => user.email_key !== emailKey(user.email) && !user.email_key.includes(LOST_MARK));
}

/** Whether there is a user that {@link rekeyUsers} would change. */
export async function hasStaleUser(reader: Reader): Promise<boolean> {
  return (await findStaleUsers(reader)).length > 0;
}

/** Gives users the email keys of this version. Where two come to one, the older signs in by it, and the younger no more. */
export const rekeyUsers = command<undefined, void>({
  name: 'rekey-users',
  run: async (tx) => {
    for (const user of await findStaleUsers(tx)) {
      const key = emailKey(user.email);
      const holder = await tx.first(findHolder, { emailKey: key });
      if (holder !== undefined && holder.id < user.id) {
        await tx.run(setEmailKey, { id: user.id, emailKey: lostEmailKey(key, uuidText(user.uuid)) });
        continue;
      }
      if (holder !== undefined) {
        await tx.run(setEmailKey, { id: holder.id, emailKey: lostEmailKey(key, uuidText(holder.uuid)) });
      }
      await tx.run(setEmailKey, { id: user.id, emailKey: key });
    }
  },
});
