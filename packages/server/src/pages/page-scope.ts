import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import cookie from '@fastify/cookie';
import csrfProtection from '@fastify/csrf-protection';
import formbody from '@fastify/formbody';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { answerWith, readStaticFile } from '../http/static-file.js';
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

/** Where the files of pages are, from both src/pages and dist/pages. */
const ASSETS_FOLDER = fileURLToPath(new URL('../../assets/pages/', import.meta.url));
/** Largest form, in bytes. */
const FORM_LIMIT = 65_536;

/**
 * Makes a scope one of web pages: forms and nothing else as bodies, a session from a cookie, every form bound to its
 * session, strict headers, and errors as pages that a person understands.
 */
export async function openPageScope(app: FastifyInstance, { storage, isSecure, formKey }: PageParts): Promise<void> {
  const cookies = { name: cookieName('countersign_session', isSecure), isSecure };
  app.decorate('sessionCookies', cookies);
  app.removeAllContentTypeParsers();
  await app.register(formbody, { bodyLimit: FORM_LIMIT });
  await app.register(cookie);
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
  mountAssets(app);
}

function mountAssets(app: FastifyInstance): void {
  const files = [
    readStaticFile('/assets/pages.css', 'text/css; charset=utf-8', join(ASSETS_FOLDER, 'pages.css')),
    readStaticFile('/assets/icon.svg', 'image/svg+xml', join(ASSETS_FOLDER, 'icon.svg')),
  ];
  for (const file of files) app.get(file.url, { schema: { hide: true } }, answerWith(file, {}));
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
