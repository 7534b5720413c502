import type { Origin } from '../../audit/audit-store.js';
import { emailKey } from '../../storage/customers/email-key.js';
import { command } from '../../storage/storage.js';
import type { NewSession } from '../sign-in/session-store.js';
import { signIn } from '../sign-in/sign-in.js';
import { joinTeam } from '../team-store.js';
import { storeUser } from '../user-store.js';
import { findInvitation, spendInvitation } from './invitation-store.js';

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
export const acceptAsNewUser = command<AcceptAsNewUser, AcceptOutcome>({
  name: 'accept-as-new-user',
  run: async (tx, { invitationHash, uuid, passwordHash, session, origin }) => {
    const invitation = await findInvitation(tx, invitationHash);
    if (invitation === undefined) return 'invitation_gone';
    const { email, team } = invitation;
    const userId = await storeUser(tx, { uuid, email, passwordHash, teamId: team.id, origin });
    if (userId === undefined) return 'email_taken';
    await spendInvitation(tx, invitationHash);
    await signIn.run(tx, { session: { ...session, userId }, formerTokenHash: undefined, origin });
    return 'accepted';
  },
});

/** Makes a user a member of one team more. */
export const acceptAsUser = command<AcceptAsUser, AcceptOutcome>({
  name: 'accept-as-user',
  run: async (tx, { invitationHash, userId, email, origin }) => {
    const invitation = await findInvitation(tx, invitationHash);
    if (invitation === undefined) return 'invitation_gone';
    if (emailKey(invitation.email) !== emailKey(email)) return 'other_email';
    await spendInvitation(tx, invitationHash);
    await joinTeam.run(tx, { teamId: invitation.team.id, userId, origin });
    return 'accepted';
  },
});
