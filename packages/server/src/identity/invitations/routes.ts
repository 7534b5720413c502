import { randomUUID } from 'node:crypto';
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Exchange } from '../../http/exchange.js';
import { originOf } from '../../http/origin.js';
import { InvitationPage } from '../../pages/invitation-page.js';
import { PageError } from '../../pages/page-error.js';
import { formTextOf, formToken } from '../../pages/page-scope.js';
import { newSession, sendToSignIn, setSessionCookie } from '../../pages/page-session.js';
import { sendOn, sendPage } from '../../pages/send-page.js';
import { emailKey } from '../../storage/customers/email-key.js';
import type { Storage } from '../../storage/storage.js';
import { tokenHash } from '../credentials.js';
import { findNewPasswordFault } from '../passwords/new-password.js';
import { hashPassword } from '../passwords/password.js';
import { findUserByEmail } from '../user-store.js';
import { type AcceptOutcome, acceptAsNewUser, acceptAsUser } from './accept-invitation.js';
import { findInvitation, type Invitation } from './invitation-store.js';

/** Accepting an invitation to a team, as somebody new or with an account. Mounted in a scope of pages. */
export function invitationRoutes(app: FastifyInstance, storage: Storage): void {
  app.get<{ Querystring: { token?: unknown } }>('/invitation', { schema: { hide: true } }, async (request, reply) => {
    return showInvitation({ request, reply }, await getInvited(storage, String(request.query.token ?? '')));
  });

  app.post('/invitation', { schema: { hide: true } }, async (request, reply) => {
    const invited = await getInvited(storage, formTextOf(request, 'token'));
    if (invited.hasAccount) return joinAsUser(storage, { request, reply }, invited);
    const password = formTextOf(request, 'password');
    const fault = findNewPasswordFault(password, formTextOf(request, 'repeated'));
    if (fault !== undefined) return showInvitation({ request, reply }, { ...invited, fault });
    const { token, session } = newSession();
    const outcome = await storage.write(acceptAsNewUser, {
      invitationHash: tokenHash(invited.token),
      uuid: randomUUID(),
      passwordHash: await hashPassword(password),
      session,
      origin: originOf(request),
    });
    refuseUnaccepted(outcome);
    setSessionCookie(reply, app.sessionCookies, token);
    return sendOn(reply, '/account');
  });
}

interface Invited extends Invitation {
  readonly token: string;
  /** Whether the person who is invited has an account already. */
  readonly hasAccount: boolean;
}

async function getInvited(storage: Storage, token: string): Promise<Invited> {
  const invitation = await findInvitation(storage, tokenHash(token));
  if (invitation === undefined) throw invitationGone();
  const hasAccount = (await findUserByEmail(storage, invitation.email)) !== undefined;
  return { ...invitation, token, hasAccount };
}

async function joinAsUser(storage: Storage, exchange: Exchange, invited: Invited): Promise<FastifyReply> {
  const { request, reply } = exchange;
  const { session } = request;
  if (session === undefined || !isInvited(invited, session.email)) return showInvitation(exchange, invited);
  const { userId, email } = session;
  const invitationHash = tokenHash(invited.token);
  refuseUnaccepted(await storage.write(acceptAsUser, { invitationHash, userId, email, origin: originOf(request) }));
  return sendOn(reply, '/account');
}

function showInvitation(
  { request, reply }: Exchange,
  { fault, ...invited }: Invited & { readonly fault?: string },
): FastifyReply {
  const { token, email, team, hasAccount } = invited;
  const { session } = request;
  if (hasAccount && session === undefined) return sendToSignIn(reply, `/invitation?${new URLSearchParams({ token })}`);
  if (session !== undefined && !isInvited(invited, session.email)) {
    throw new PageError(403, {
      heading: 'This invitation is for somebody else',
      message: `It was made for ${email}, and you are signed in as ${session.email}.`,
      details: ['Sign out first, then open the invitation again.'],
      link: { href: '/account', text: 'Go to your account' },
    });
  }
  return sendPage(reply, {
    title: 'Invitation',
    status: fault === undefined ? 200 : 400,
    page: InvitationPage({
      csrfToken: formToken(request, reply),
      token,
      email,
      teamName: team.name,
      mode: hasAccount ? 'join' : 'new',
      fault,
    }),
  });
}

function isInvited(invitation: Invitation, email: string): boolean {
  return emailKey(invitation.email) === emailKey(email);
}

function refuseUnaccepted(outcome: AcceptOutcome): void {
  if (outcome !== 'accepted') throw invitationGone();
}

function invitationGone(): PageError {
  return new PageError(404, {
    heading: 'This invitation cannot be used',
    message: 'It was used before, or is older than seven days. Ask for a new one.',
    link: { href: '/sign-in', text: 'Sign in' },
  });
}
