import { appendAudit, type Origin } from '../../audit/audit-store.js';
import { currentTime } from '../../clock.js';
import { emailKey } from '../../storage/customers/email-key.js';
import { statement } from '../../storage/statement.js';
import { command, type Reader, type Transaction } from '../../storage/storage.js';
import { uuidText } from '../../storage/uuid-text.js';
import type { Team } from '../team-store.js';

/** Lifetime of an invitation, in seconds: seven days. */
export const INVITATION_SECONDS = 7 * 24 * 60 * 60;

/** An invitation that can still be accepted. */
export interface Invitation {
  readonly email: string;
  readonly team: Team;
}

const insertInvitation = statement<{
  tokenHash: string;
  email: string;
  emailKey: string;
  teamId: number;
  now: number;
  expiresAt: number;
}>()(({ db, param }) =>
  db.insertInto('invitations').values({
    token_hash: param('tokenHash'),
    email: param('email'),
    email_key: param('emailKey'),
    team_id: param('teamId'),
    created_at: param('now'),
    expires_at: param('expiresAt'),
  }),
);

const findOpen = statement<{ tokenHash: string; now: number }>()(({ db, param }) =>
  db
    .selectFrom('invitations as invitation')
    .innerJoin('teams as team', 'team.id', 'invitation.team_id')
    .select(['invitation.email', 'team.id', 'team.uuid', 'team.name'])
    .where('invitation.token_hash', '=', param('tokenHash'))
    .where('invitation.used_at', 'is', null)
    .where('invitation.expires_at', '>', param('now')),
);

const markUsed = statement<{ tokenHash: string; now: number }>()(({ db, param }) =>
  db
    .updateTable('invitations')
    .set({ used_at: param('now') })
    .where('token_hash', '=', param('tokenHash'))
    .where('used_at', 'is', null),
);

/** Somebody to invite to a team. */
export interface InviteUser {
  readonly tokenHash: string;
  readonly email: string;
  readonly teamId: number;
  readonly origin: Origin;
}

/** Stores an invitation. */
export const inviteUser = command<InviteUser, void>({
  name: 'invite-user',
  run: async (tx, { tokenHash, email, teamId, origin }) => {
    const now = currentTime();
    const expiresAt = now + INVITATION_SECONDS * 1000;
    await tx.run(insertInvitation, { tokenHash, email, emailKey: emailKey(email), teamId, now, expiresAt });
    await appendAudit(tx, 'user.invited', { origin, teamId });
  },
});

/** The invitation of a token's hash while it can be accepted, or undefined. */
export async function findInvitation(reader: Reader, tokenHash: string): Promise<Invitation | undefined> {
  const row = await reader.first(findOpen, { tokenHash, now: currentTime() });
  if (row === undefined) return undefined;
  return { email: row.email, team: { id: row.id, uuid: uuidText(row.uuid), name: row.name } };
}

/** Uses up an invitation that {@link findInvitation} has just found in the same transaction. */
export async function spendInvitation(tx: Transaction, tokenHash: string): Promise<void> {
  const spent = await tx.run(markUsed, { tokenHash, now: currentTime() });
  if (spent === 0) throw new Error('an invitation was used while it was being used');
}
