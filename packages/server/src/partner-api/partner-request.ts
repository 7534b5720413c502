import { isUtf8 } from 'node:buffer';
import { PartnerError } from '@countersign/contract';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { type Authentication, authenticate } from './authenticate.js';
import type { Caller } from './caller.js';
import type { Gate } from './gate.js';
import { withoutByteOrderMark } from './signature/json-text.js';
import { acceptSignedRequests } from './signed-requests.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Set on `/partners` routes once the request is authenticated. */
    authentication: Authentication | null;
  }
}

/** Makes every route of this scope authenticate, and only then parses its body, contract §1. */
export function requireAuthentication(app: FastifyInstance, gate: Gate): void {
  app.decorateRequest('authentication', null);
  acceptSignedRequests(app, gate, async (request, reply) => {
    request.authentication = await authenticate(gate, request, reply);
  });
}

/** What authentication learned about a request. */
export function authenticationOf(request: FastifyRequest): Authentication {
  if (request.authentication === null) throw new Error('this route is not behind authentication');
  return request.authentication;
}

/** Who a request acts for. */
export function callerOf(request: FastifyRequest): Caller {
  return authenticationOf(request).caller;
}

/**
 * The JSON object in a request's body.
 *
 * @throws PartnerError `invalid_json` for anything else
 */
export function jsonBodyOf(request: FastifyRequest): object {
  const value = parseJson(request.body);
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  throw new PartnerError('invalid_json', 'The request body must be a JSON object.');
}

function parseJson(body: unknown): unknown {
  if (!Buffer.isBuffer(body) || body.length === 0) {
    throw new PartnerError('invalid_json', 'The request body is empty; a JSON object is expected.');
  }
  if (!isUtf8(body)) throw new PartnerError('invalid_json', 'The request body is not UTF-8.');
  try {
    return JSON.parse(withoutByteOrderMark(body).toString('utf8'));
  } catch (error) {
    throw new PartnerError('invalid_json', `The request body is not JSON: ${reasonOf(error)}.`);
  }
}

// V8 quotes a piece of the text in its message; only the place is told.
function reasonOf(error: unknown): string {
  const place =
    error instanceof Error ? /position \d+(?: \(line \d+ column \d+\))?/.exec(error.message)?.[0] : undefined;
  return place === undefined ? 'it ends too early or is malformed' : `unexpected character at ${place}`;
}
