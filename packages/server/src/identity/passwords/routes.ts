import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Exchange } from '../../http/exchange.js';
import { originOf } from '../../http/origin.js';
import { PageError } from '../../pages/page-error.js';
import { leaveNotice, takeNotice } from '../../pages/page-notice.js';
import { formTextOf, formToken } from '../../pages/page-scope.js';
import { newSession, sendToSignIn, setSessionCookie } from '../../pages/page-session.js';
import { PasswordPage, type PasswordPageProps } from '../../pages/password-page.js';
import { sendOn, sendPage } from '../../pages/send-page.js';
import type { AccountParts } from '../account-parts.js';
import { waitSentence } from '../sign-in/guess-limits.js';
import { changePassword } from './change-password.js';
import { checkPassword } from './check-password.js';
import { findNewPasswordFault } from './new-password.js';
import { hashPassword } from './password.js';

/** The change of a password. Mounted in a scope of pages. */
export function passwordRoutes(app: FastifyInstance, parts: AccountParts): void {
  app.get('/account/password', { schema: { hide: true } }, async (request, reply) => {
    const { session } = request;
    if (session === undefined) return sendToSignIn(reply, '/account/password');
    return showPassword({ request, reply }, { email: session.email, notice: takeNotice(request, reply) });
  });

  app.post('/account/password', { schema: { hide: true } }, async (request, reply) => {
    const { session } = request;
    if (session === undefined) return sendToSignIn(reply, '/account/password');
    const { email } = session;
    const refuse = (status: number, fault: string) => showPassword({ request, reply }, { email, fault, status });
    const password = formTextOf(request, 'password');
    const fault = findNewPasswordFault(password, formTextOf(request, 'repeated'));
    if (fault !== undefined) return refuse(400, fault);
    const tried = { email, password: formTextOf(request, 'current'), address: request.ip };
    const outcome = await checkPassword(parts, tried);
    if ('retryAfterSeconds' in outcome) {
      reply.header('retry-after', outcome.retryAfterSeconds);
      return refuse(429, waitSentence(outcome));
    }
    if ('wrongFor' in outcome) return refuse(400, 'The current password is not right.');
    const { user } = outcome;
    const { token, session: next } = newSession();
    const isChanged = await parts.storage.write(changePassword, {
      oldHash: user.passwordHash,
      newHash: await hashPassword(password),
      session: { ...next, userId: user.id },
      origin: originOf(request),
    });
    if (!isChanged) throw changedMeanwhile();
    setSessionCookie(reply, app.sessionCookies, token);
    leaveNotice(reply, 'password-changed', next.tokenHash);
    return sendOn(reply, '/account/password');
  });
}

type Shown = Pick<PasswordPageProps, 'email' | 'fault' | 'notice'> & { readonly status?: number };

function showPassword({ request, reply }: Exchange, { status = 200, ...shown }: Shown): FastifyReply {
  const csrfToken = formToken(request, reply);
  return sendPage(reply, { title: 'Change password', status, page: PasswordPage({ csrfToken, ...shown }) });
}

function changedMeanwhile(): PageError {
  return new PageError(409, {
    heading: 'Your password was changed meanwhile',
    message: 'Somebody who is signed in as you has just changed it. Sign in anew.',
    link: { href: '/sign-in', text: 'Sign in' },
  });
}
