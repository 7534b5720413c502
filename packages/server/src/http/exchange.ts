import type { FastifyReply, FastifyRequest } from 'fastify';

/** A request with its reply. */
export interface Exchange {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}
