import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { cookieName } from './page-session.js';

/** What a person may be told that they did just now. */
const NOTICES = {
  'password-changed': 'Your password is changed. You were signed out everywhere else.',
  'app-disconnected': 'The app is disconnected. Its tokens and its webhooks have ended.',
} as const;

/** The name of a notice. */
export type NoticeName = keyof typeof NOTICES;

/** How long a notice waits for the page that shows it, in seconds. */
const NOTICE_SECONDS = 60;

/**
 * Has the next page of this session say what was done. It goes with the browser in a signed cookie and not in an address,
 * where anybody could put it who sends a link.
 */
export function leaveNotice(reply: FastifyReply, name: NoticeName, sessionHash: string): void {
  const { sessionCookies } = reply.server;
  reply.setCookie(noticeCookie(reply.server), `${name}.${sessionHash}`, {
    path: '/',
    httpOnly: true,
    sameSite: 'lax',
    secure: sessionCookies.isSecure,
    signed: true,
    maxAge: NOTICE_SECONDS,
  });
}

/** The sentence that was left for this session, which is then gone; undefined where none was. */
export function takeNotice(request: FastifyRequest, reply: FastifyReply): string | undefined {
  const name = noticeCookie(reply.server);
  const cookie = request.cookies[name];
  if (cookie === undefined) return undefined;
  reply.clearCookie(name, { path: '/', httpOnly: true, sameSite: 'lax', secure: reply.server.sessionCookies.isSecure });
  const { valid, value } = request.unsignCookie(cookie);
  const [notice = '', sessionHash] = valid ? value.split('.') : [];
  return isNoticeName(notice) && sessionHash === request.session?.tokenHash ? NOTICES[notice] : undefined;
}

function isNoticeName(text: string): text is NoticeName {
  return Object.hasOwn(NOTICES, text);
}

function noticeCookie({ sessionCookies }: FastifyInstance): string {
  return cookieName('countersign_notice', sessionCookies.isSecure);
}
