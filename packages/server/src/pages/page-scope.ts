import cookie from '@fastify/cookie';
import csrfProtection from '@fastify/csrf-protection';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { acceptFormsOnly } from '../http/form-bodies.js';
import type { Storage } from '../storage/storage.js';
import { answerPageError } from './page-errors.js';
import { cookieName, loadSession, type SessionCookies } from './page-session.js';
import { PAGE_HEADERS } from './send-page.js';

declare module 'fastify' {
  interface FastifyInstance {
    /** How cookies of pages are written. */
    sessionCookies: SessionCookies;
  }
}

/** What pages work with. */
export interface PageParts {
  readonly storage: Storage;
  /** Whether people come over TLS: cookies are then sent over nothing else. */
  readonly isSecure: boolean;
  /** Signs the tokens against forged forms. */
  readonly formKey: Buffer;
}

/**
 * Makes a scope one of web pages: forms and nothing else as bodies, a session from a cookie, every form bound to its
 * session, strict headers, and errors as pages that a person understands.
 */
export async function openPageScope(app: FastifyInstance, { storage, isSecure, formKey }: PageParts): Promise<void> {
  const cookies = { name: cookieName('countersign_session', isSecure), isSecure };
  app.decorate('sessionCookies', cookies);
  await acceptFormsOnly(app);
  await app.register(cookie, { secret: formKey });
  app.addHook('onRequest', async (_request, reply) => {
    reply.headers(PAGE_HEADERS);
  });
  loadSession(app, { storage, cookies });
  await app.register(csrfProtection, {
    cookieKey: cookieName('countersign_form', isSecure),
    cookieOpts: { path: '/', httpOnly: true, sameSite: 'lax', secure: isSecure },
    csrfOpts: { hmacKey: formKey.toString('base64') },
    getToken: (request) => formTextOf(request, '_csrf'),
    getUserInfo: holderOf,
    logLevel: 'debug',
  });
  app.addHook('preHandler', (request, reply, done) => {
    if (request.method === 'POST') app.csrfProtection(request, reply, done);
    else done();
  });
  app.setErrorHandler(answerPageError);
}

/** A token to put into a form; it works for this session, or before sign-in for this browser, alone. */
export function formToken(request: FastifyRequest, reply: FastifyReply): string {
  return reply.generateCsrf({ userInfo: holderOf(request) });
}

function holderOf({ session }: FastifyRequest): string {
  return session?.tokenHash ?? 'nobody';
}

/** A field of a form; empty where it is missing, was sent more than once, or there is no form. */
export function formTextOf({ body }: FastifyRequest, name: string): string {
  if (typeof body !== 'object' || body === null) return '';
  const value: unknown = Reflect.get(body, name);
  return typeof value === 'string' ? value : '';
}
