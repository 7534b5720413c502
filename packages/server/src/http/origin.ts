import type { FastifyRequest } from 'fastify';
import type { Origin } from '../audit/audit-store.js';

/** Where a request came from, for the audit. */
export function originOf(request: FastifyRequest): Origin {
  return { address: request.ip, requestId: request.id };
}
