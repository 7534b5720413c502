import { appendAudit, type Origin } from '../../audit/audit-store.js';
import { command } from '../../storage/storage.js';
import { deleteSession, insertSession, type NewSession } from './session-store.js';

/** A person who proved who they are. */
export interface SignIn {
  readonly session: NewSession;
  /** The session that the browser had before; it ends, so that nobody can have planted it. */
  readonly formerTokenHash: string | undefined;
  readonly origin: Origin;
}

/** Starts a session. */
export const signIn = command<SignIn, void>({
  name: 'sign-in',
  run: async (tx, { session, formerTokenHash, origin }) => {
    if (formerTokenHash !== undefined) await deleteSession(tx, formerTokenHash);
    await insertSession(tx, session);
    await appendAudit(tx, 'user.signed_in', { origin, userId: session.userId });
  },
});

/** Writes down that somebody failed to sign in; of an account that is not there, only that. */
export const failSignIn = command<{ readonly userId: number | null; readonly origin: Origin }, void>({
  name: 'fail-sign-in',
  run: (tx, failure) => appendAudit(tx, 'user.sign_in_failed', failure),
});

/** Ends a session. */
export const signOut = command<{ readonly tokenHash: string; readonly userId: number; readonly origin: Origin }, void>({
  name: 'sign-out',
  run: async (tx, { tokenHash, userId, origin }) => {
    const isEnded = await deleteSession(tx, tokenHash);
    if (isEnded) await appendAudit(tx, 'user.signed_out', { origin, userId });
  },
});
