import { appendAudit, type Origin } from '../audit/audit-store.js';
import { emailKey } from '../storage/fold-case.js';
import type { Command, Transaction } from '../storage/storage.js';
import { joinTeam } from '../teams/team-store.js';
import { storeUser } from '../teams/user-store.js';
import { takeInvitation } from './invitation-store.js';
import { insertSession, type NewSession } from './session-store.js';

/** An invitation accepted by somebody new, with a password. */
export interface AcceptAsNewUser {
  readonly invitationHash: string;
  readonly uuid: string;
  readonly passwordHash: string;
  /** The session that starts. */
  readonly session: Omit<NewSession, 'userId'>;
  readonly origin: Origin;
}

/** An invitation accepted by somebody who is signed in. */
export interface AcceptAsUser {
  readonly invitationHash: string;
  readonly userId: number;
  readonly email: string;
  readonly origin: Origin;
}

/** How accepting ended; with anything but `accepted` nothing is stored. */
export type AcceptOutcome = 'accepted' | 'invitation_gone' | 'email_taken' | 'other_email';

/** Makes a user, who is signed in with it, from an invitation. */
export const acceptAsNewUser: Command<AcceptAsNewUser, AcceptOutcome> = {
  name: 'accept-as-new-user',
  run: (tx, { invitationHash, uuid, passwordHash, session, origin }) =>
    undoneUnlessAccepted(tx, async () => {
      const invitation = await takeInvitation(tx, invitationHash);
      if (invitation === undefined) return 'invitation_gone';
      const { email, team } = invitation;
      const userId = await storeUser(tx, { uuid, email, passwordHash, teamId: team.id, origin });
      if (userId === undefined) return 'email_taken';
      await insertSession(tx, { ...session, userId });
      await appendAudit(tx, 'user.signed_in', { origin, userId });
      return 'accepted';
    }),
};

/** Makes a user a member of one team more. */
export const acceptAsUser: Command<AcceptAsUser, AcceptOutcome> = {
  name: 'accept-as-user',
  run: (tx, { invitationHash, userId, email, origin }) =>
    undoneUnlessAccepted(tx, async () => {
      const invitation = await takeInvitation(tx, invitationHash);
      if (invitation === undefined) return 'invitation_gone';
      if (emailKey(invitation.email) !== emailKey(email)) return 'other_email';
      await joinTeam.run(tx, { teamId: invitation.team.id, userId, origin });
      return 'accepted';
    }),
};

class NotAccepted extends Error {
  constructor(readonly outcome: AcceptOutcome) {
    super(outcome);
  }
}

// An invitation that was not accepted is not used up.
async function undoneUnlessAccepted(tx: Transaction, accept: () => Promise<AcceptOutcome>): Promise<AcceptOutcome> {
  try {
    return await tx.attempt(async () => {
      const outcome = await accept();
      if (outcome !== 'accepted') throw new NotAccepted(outcome);
      return outcome;
    });
  } catch (error) {
    if (error instanceof NotAccepted) return error.outcome;
    throw error;
  }
}
