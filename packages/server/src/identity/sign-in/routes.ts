import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Exchange } from '../../http/exchange.js';
import { originOf } from '../../http/origin.js';
import { formTextOf, formToken } from '../../pages/page-scope.js';
import { clearSessionCookie, newSession, safeNext, sendToSignIn, setSessionCookie } from '../../pages/page-session.js';
import { sendOn, sendPage } from '../../pages/send-page.js';
import { SignInPage } from '../../pages/sign-in-page.js';
import type { Storage } from '../../storage/storage.js';
import type { AccountParts } from '../account-parts.js';
import { findActiveApp } from '../apps/app-store.js';
import { checkPassword } from '../passwords/check-password.js';
import { waitSentence } from './guess-limits.js';
import { failSignIn, signIn, signOut } from './sign-in.js';

/** Longest email address, in characters. */
const LONGEST_EMAIL = 255;

/** Sign-in and sign-out, contract §4. Mounted in a scope of pages. */
export function signInRoutes(app: FastifyInstance, parts: AccountParts): void {
  const { storage } = parts;
  app.get<{ Querystring: { next?: unknown } }>('/sign-in', { schema: { hide: true } }, async (request, reply) => {
    const next = safeNext(String(request.query.next ?? ''));
    if (request.session !== undefined) return sendOn(reply, next);
    return showSignIn(storage, { request, reply }, { next });
  });

  app.post('/sign-in', { schema: { hide: true } }, async (request, reply) => {
    const next = safeNext(formTextOf(request, 'next'));
    const email = formTextOf(request, 'email').trim().slice(0, LONGEST_EMAIL);
    const refuse = (status: number, fault: string) =>
      showSignIn(storage, { request, reply }, { next, email, fault, status });
    const tried = { email, password: formTextOf(request, 'password'), address: request.ip };
    const outcome = await checkPassword(parts, tried);
    if ('retryAfterSeconds' in outcome) {
      reply.header('retry-after', outcome.retryAfterSeconds);
      return refuse(429, waitSentence(outcome));
    }
    const origin = originOf(request);
    if ('wrongFor' in outcome) {
      await storage.write(failSignIn, { userId: outcome.wrongFor?.id ?? null, origin });
      return refuse(400, 'Email and password do not match.');
    }
    const { token, session } = newSession();
    const formerTokenHash = request.session?.tokenHash;
    await storage.write(signIn, { session: { ...session, userId: outcome.user.id }, formerTokenHash, origin });
    setSessionCookie(reply, app.sessionCookies, token);
    return sendOn(reply, next);
  });

  app.post('/sign-out', { schema: { hide: true } }, async (request, reply) => {
    const { session } = request;
    if (session !== undefined) {
      const { tokenHash, userId } = session;
      await storage.write(signOut, { tokenHash, userId, origin: originOf(request) });
    }
    clearSessionCookie(reply, app.sessionCookies);
    return sendToSignIn(reply, safeNext(formTextOf(request, 'next')));
  });
}

interface Shown {
  readonly next: string;
  readonly email?: string;
  readonly fault?: string;
  readonly status?: number;
}

async function showSignIn(storage: Storage, exchange: Exchange, shown: Shown): Promise<FastifyReply> {
  const { next, email = '', fault, status = 200 } = shown;
  const appName = await findAskingApp(storage, next);
  const csrfToken = formToken(exchange.request, exchange.reply);
  return sendPage(exchange.reply, {
    title: 'Sign in',
    status,
    page: SignInPage({ csrfToken, next, email, appName, fault }),
  });
}

// Before a consent page, the sign-in page says who asks.
async function findAskingApp(storage: Storage, next: string): Promise<string | undefined> {
  const { pathname, searchParams } = new URL(next, 'http://server.invalid');
  const clientId = searchParams.get('client_id');
  if (clientId === null || !pathname.endsWith('/authorize')) return undefined;
  return (await findActiveApp(storage, clientId))?.name;
}
