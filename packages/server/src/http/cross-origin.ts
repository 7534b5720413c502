import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

/** Origins whose pages may read answers, in the spelling of RFC 6454; `*` for any. */
export type CorsOrigins = '*' | readonly string[];

/** Apps in the field call these from pages of their own, in both spellings, contract §1.5. */
const OPEN_PATH = /^\/auth2\/authorize-ini?tiate\/?$/;
/** What is for programs; pages, with their cookies, and metrics are not. */
const API_PATH = /^\/(?:partners|oauth\/token|oauth\/revoke|\.well-known|openapi\.json)(?:\/|$)/;

const METHODS = 'GET, HEAD, POST, PUT, PATCH, DELETE';
const REQUEST_HEADERS = [
  'Authorization',
  'Content-Type',
  'Idempotency-Key',
  'If-Match',
  'If-None-Match',
  'X-Client-Id',
  'X-Import-Id',
  'X-Request-Id',
  'X-Signature',
  'X-Timestamp',
].join(', ');
const ANSWER_HEADERS = [
  'ETag',
  'Idempotency-Replayed',
  'Location',
  'RateLimit',
  'RateLimit-Limit',
  'RateLimit-Policy',
  'RateLimit-Remaining',
  'RateLimit-Reset',
  'Retry-After',
  'WWW-Authenticate',
  'X-Request-Id',
].join(', ');
/** How long a browser need not ask again, in seconds: the most that one of them keeps it. */
const KEPT_SECONDS = '7200';

/** Writes into an answer whether the page that asked may read it; gives whether it may. */
export type CrossOriginRule = (request: FastifyRequest, reply: FastifyReply) => boolean;

/**
 * Lets pages of other origins read answers, contract §1.5: those to `/auth2/authorize-initiate` any page, those of the other
 * routes for programs the pages of the given origins. Never with cookies.
 */
export function crossOriginRule(origins: CorsOrigins): CrossOriginRule {
  return (request, reply) => {
    const allowed = allowedOf(pathOf(request), origins);
    if (allowed.length === 0) return false;
    if (allowed !== '*') reply.header('vary', 'Origin');
    const origin = allowed === '*' ? '*' : allowed.find((name) => name === request.headers.origin);
    if (origin === undefined) return false;
    reply.headers({ 'access-control-allow-origin': origin, 'access-control-expose-headers': ANSWER_HEADERS });
    return true;
  };
}

/** Applies a rule to every request, and answers what browsers ask beforehand, without credentials. */
export function answerCrossOrigin(app: FastifyInstance, rule: CrossOriginRule): void {
  app.addHook('onRequest', (request, reply, done) => {
    if (!rule(request, reply) || !isPreflight(request)) return done();
    const asked = OPEN_PATH.test(pathOf(request)) ? request.headers['access-control-request-headers'] : undefined;
    reply
      .code(204)
      .headers({
        'access-control-allow-methods': METHODS,
        'access-control-allow-headers': asked ?? REQUEST_HEADERS,
        'access-control-max-age': KEPT_SECONDS,
      })
      .send();
  });
}

function allowedOf(path: string, origins: CorsOrigins): CorsOrigins {
  if (OPEN_PATH.test(path)) return '*';
  return API_PATH.test(path) ? origins : [];
}

function isPreflight({ method, headers }: FastifyRequest): boolean {
  return method === 'OPTIONS' && headers.origin !== undefined && headers['access-control-request-method'] !== undefined;
}

function pathOf({ raw }: FastifyRequest): string {
  const target = raw.url ?? '';
  const end = target.indexOf('?');
  return end === -1 ? target : target.slice(0, end);
}
