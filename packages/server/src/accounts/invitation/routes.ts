import { randomUUID } from 'node:crypto';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { originOf } from '../../http/origin.js';
import type { Exchange } from '../../http/write-atomically.js';
import { InvitationPage } from '../../pages/invitation-page.js';
import { PageError } from '../../pages/page-error.js';
import { formTextOf, formToken } from '../../pages/page-scope.js';
import { newSession, sendToSignIn, setSessionCookie } from '../../pages/page-session.js';
import { sendOn, sendPage } from '../../pages/send-page.js';
import { emailKey } from '../../storage/fold-case.js';
import type { Storage } from '../../storage/storage.js';
import { tokenHash } from '../../teams/credentials.js';
import { hashPassword } from '../../teams/password.js';
import { findUserByEmail } from '../../teams/user-store.js';
import { type AcceptOutcome, acceptAsNewUser, acceptAsUser } from '../accept-invitation.js';
import { findInvitation, type Invitation } from '../invitation-store.js';
import { findNewPasswordFault } from '../new-password.js';

/** Accepting an invitation to a team, as somebody new or with an account. Mounted in a scope of pages. */
export function invitationRoutes(app: FastifyInstance, storage: Storage): void {
  app.get<{ Querystring: { token?: unknown } }>('/invitation', { schema: { hide: true } }, async (request, reply) => {
    const token = String(request.query.token ?? '');
    const invitation = await getInvitation(storage, token);
    return showInvitation(storage, { request, reply }, { token, invitation });
  });

  app.post('/invitation', { schema: { hide: true } }, async (request, reply) => {
    const exchange = { request, reply };
    const token = formTextOf(request, 'token');
    const invitation = await getInvitation(storage, token);
    const user = await findUserByEmail(storage, invitation.email);
    if (user !== undefined) return joinAsUser(storage, exchange, { token, invitation });
    const password = formTextOf(request, 'password');
    const fault = findNewPasswordFault(password, formTextOf(request, 'repeated'));
    if (fault !== undefined) return showInvitation(storage, exchange, { token, invitation, fault });
    const { token: sessionToken, session } = newSession();
    const outcome = await storage.write(acceptAsNewUser, {
      invitationHash: tokenHash(token),
      uuid: randomUUID(),
      passwordHash: await hashPassword(password),
      session,
      origin: originOf(request),
    });
    requireAccepted(outcome);
    setSessionCookie(reply, app.sessionCookies, sessionToken);
    return sendOn(reply, '/account');
  });
}

interface Shown {
  readonly token: string;
  readonly invitation: Invitation;
  readonly fault?: string;
}

async function joinAsUser(storage: Storage, exchange: Exchange, shown: Shown): Promise<FastifyReply> {
  const { request, reply } = exchange;
  const { session } = request;
  if (session === undefined || !isInvited(shown.invitation, session.email)) {
    return showInvitation(storage, exchange, shown);
  }
  const { userId, email } = session;
  const invitationHash = tokenHash(shown.token);
  requireAccepted(await storage.write(acceptAsUser, { invitationHash, userId, email, origin: originOf(request) }));
  return sendOn(reply, '/account');
}

async function showInvitation(storage: Storage, exchange: Exchange, shown: Shown): Promise<FastifyReply> {
  const { request, reply } = exchange;
  const { token, invitation, fault } = shown;
  const { session } = request;
  const hasAccount = (await findUserByEmail(storage, invitation.email)) !== undefined;
  if (hasAccount && session === undefined) return sendToSignIn(reply, `/invitation?${new URLSearchParams({ token })}`);
  if (session !== undefined && !isInvited(invitation, session.email)) {
    throw new PageError(403, {
      heading: 'This invitation is for somebody else',
      message: `It was made for ${invitation.email}, and you are signed in as ${session.email}.`,
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
      email: invitation.email,
      teamName: invitation.team.name,
      mode: hasAccount ? 'join' : 'new',
      fault,
    }),
  });
}

function isInvited(invitation: Invitation, email: string): boolean {
  return emailKey(invitation.email) === emailKey(email);
}

async function getInvitation(storage: Storage, token: string): Promise<Invitation> {
  const invitation = await findInvitation(storage, tokenHash(token));
  if (invitation === undefined) throw invitationGone();
  return invitation;
}

function requireAccepted(outcome: AcceptOutcome): void {
  if (outcome !== 'accepted') throw invitationGone();
}

function invitationGone(): PageError {
  return new PageError(404, {
    heading: 'This invitation cannot be used',
    message: 'It was used before, or is older than seven days. Ask for a new one.',
    link: { href: '/sign-in', text: 'Sign in' },
  });
}
