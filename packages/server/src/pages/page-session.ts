import type { FastifyInstance, FastifyReply } from 'fastify';
import { currentTime } from '../clock.js';
import { newSessionToken, tokenHash } from '../identity/credentials.js';
import { findSession, type NewSession, type Session } from '../identity/sign-in/session-store.js';
import type { Storage } from '../storage/storage.js';
import { sendOn } from './send-page.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** The person who is signed in, on pages. */
    session: Session | undefined;
  }
}

/** How the cookie of a session is written. */
export interface SessionCookies {
  readonly name: string;
  readonly isSecure: boolean;
}

/** Lifetime of a session, in seconds: twelve hours. */
const SESSION_SECONDS = 12 * 60 * 60;

/** A cookie's name; over TLS with the prefix that keeps other hosts from setting it (RFC 6265bis §4.1.3.2). */
export function cookieName(name: string, isSecure: boolean): string {
  return isSecure ? `__Host-${name}` : name;
}

/** Finds out at each request who is signed in. */
export function loadSession(
  app: FastifyInstance,
  { storage, cookies }: { readonly storage: Storage; readonly cookies: SessionCookies },
): void {
  app.decorateRequest('session', undefined);
  app.addHook('onRequest', async (request) => {
    const token = request.cookies[cookies.name];
    if (token !== undefined) request.session = await findSession(storage, tokenHash(token));
  });
}

/** A session that starts, with the token for its cookie. */
export function newSession(): { readonly token: string; readonly session: Omit<NewSession, 'userId'> } {
  const token = newSessionToken();
  return { token, session: { tokenHash: tokenHash(token), expiresAt: currentTime() + SESSION_SECONDS * 1000 } };
}

/** Gives the browser the cookie of a session. Lax, so that a person who comes from an app is known. */
export function setSessionCookie(reply: FastifyReply, { name, isSecure }: SessionCookies, token: string): void {
  reply.setCookie(name, token, {
    path: '/',
    httpOnly: true,
    sameSite: 'lax',
    secure: isSecure,
    maxAge: SESSION_SECONDS,
  });
}

/** Takes the cookie of a session away. */
export function clearSessionCookie(reply: FastifyReply, { name, isSecure }: SessionCookies): void {
  reply.clearCookie(name, { path: '/', httpOnly: true, sameSite: 'lax', secure: isSecure });
}

/** Paths that signing in may lead to. */
const PATHS_AFTER_SIGN_IN = new Set([
  '/auth2/authorize',
  '/oauth/authorize',
  '/account',
  '/account/password',
  '/invitation',
]);
const ACCOUNT = '/account';

/** Where to go after signing in: a page of this server, whatever was asked for. */
export function safeNext(text: string): string {
  const base = 'http://server.invalid';
  if (!URL.canParse(text, base)) return ACCOUNT;
  const { origin, pathname, search } = new URL(text, base);
  return origin === base && PATHS_AFTER_SIGN_IN.has(pathname) ? `${pathname}${search}` : ACCOUNT;
}

/** Sends a person who is not signed in to do so, and then back to where they were. */
export function sendToSignIn(reply: FastifyReply, next: string): FastifyReply {
  return sendOn(reply, `/sign-in?${new URLSearchParams({ next }).toString()}`);
}
