import type { FastifyReply } from 'fastify';
import type { VNode } from 'preact';
import { renderPage } from './render-page.js';

/** What a page may do: show itself with its own style. Forms go to this server; `formTargets` names what else. */
function contentSecurityPolicy(formTargets: readonly string[]): string {
  return [
    "default-src 'none'",
    "style-src 'self'",
    "img-src 'self'",
    `form-action ${["'self'", ...formTargets].join(' ')}`,
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

/** Headers of every answer in a scope of pages. Addresses of pages carry tokens, so no other site learns them. */
export const PAGE_HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': contentSecurityPolicy([]),
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=()',
  'cache-control': 'no-store',
};

/** A page with its title. */
export interface Page {
  readonly title: string;
  readonly page: VNode;
  /** 200 when left out. */
  readonly status?: number;
  /** Sources that a form of the page leads to by redirects, in the words of a content security policy. */
  readonly formTargets?: readonly string[];
}

/** Sends a page. */
export function sendPage(reply: FastifyReply, { title, page, status = 200, formTargets = [] }: Page): FastifyReply {
  return reply
    .code(status)
    .header('content-security-policy', contentSecurityPolicy(formTargets))
    .type('text/html; charset=utf-8')
    .send(renderPage(page, { title }));
}

/** Sends the browser on, to get another page. */
export function sendOn(reply: FastifyReply, location: string): FastifyReply {
  return reply.code(303).header('location', location).send();
}
