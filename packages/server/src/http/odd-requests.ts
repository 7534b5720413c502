import { PartnerError } from '@countersign/contract';
import type { FastifyInstance, FastifyRequest } from 'fastify';

/** What the HTTP server must leave to {@link answerOddRequests}. */
export const ODD_REQUESTS_ARE_OURS = { requireHostHeader: false } as const;

/** Answers, in the envelope, requests that the HTTP server would refuse by itself with an empty body. */
export function answerOddRequests(app: FastifyInstance): void {
  // RFC 9110 §10.1.1: an expectation that is not known may be ignored.
  app.server.on('checkExpectation', (request, response) => app.server.emit('request', request, response));
  app.addHook('onRequest', (request, _reply, done) => {
    done(hasHost(request) ? undefined : new PartnerError('malformed_request', 'The Host header is required.'));
  });
}

// RFC 9112 §3.2.
function hasHost({ raw }: FastifyRequest): boolean {
  return raw.headers.host !== undefined || raw.httpVersion !== '1.1';
}
