import { appendAudit, type Origin } from '../../audit/audit-store.js';
import { command } from '../../storage/storage.js';
import { deleteSessionsOfUser, insertSession, type NewSession } from '../sign-in/session-store.js';
import { storePassword } from '../user-store.js';

/** A new password for a person who knows the old one. */
export interface ChangePassword {
  readonly oldHash: string;
  readonly newHash: string;
  /** The session that goes on; every other one ends. */
  readonly session: NewSession;
  readonly origin: Origin;
}

/** Changes a password and ends every session but a new one; gives false when it was changed meanwhile. */
export const changePassword = command<ChangePassword, boolean>({
  name: 'change-password',
  run: async (tx, { oldHash, newHash, session, origin }) => {
    const { userId } = session;
    if (!(await storePassword(tx, { userId, oldHash, newHash }))) return false;
    await deleteSessionsOfUser(tx, userId);
    await insertSession(tx, session);
    await appendAudit(tx, 'user.password_changed', { origin, userId });
    return true;
  },
});
