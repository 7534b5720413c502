import type { IncomingMessage } from 'node:http';

const ORIGIN = /^https?:\/\/[^/?#]+/i;

/**
 * Makes the target of a request the path that it means, as on the wire: what stands before it in the form that is sent to
 * proxies has to be taken, too, RFC 9112 §3.2.2. So one path is routed, verified and kept.
 */
export function takePathOfTarget(request: IncomingMessage): void {
  const target = request.url ?? '';
  if (target.startsWith('/')) return;
  const origin = ORIGIN.exec(target)?.[0];
  if (origin === undefined) return;
  const path = target.slice(origin.length);
  request.url = path.startsWith('/') ? path : `/${path}`;
}

/** Whether the target is a path, or, of the server as a whole, `*`, RFC 9112 §3.2.4. */
export function isTargetKnown({ url = '', method }: IncomingMessage): boolean {
  return url.startsWith('/') || (url === '*' && method === 'OPTIONS');
}
