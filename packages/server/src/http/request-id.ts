import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** Ids that are taken over as they are: short, and harmless in a log and a header. */
const SANE_ID = /^[\w.:/+=@-]{1,128}$/;

/** The client's `X-Request-Id` where it sent a sane one, or a new one, contract §1.5. */
export function requestIdOf(request: IncomingMessage): string {
  const given = request.headers['x-request-id'];
  return typeof given === 'string' && SANE_ID.test(given) ? given : randomUUID();
}
