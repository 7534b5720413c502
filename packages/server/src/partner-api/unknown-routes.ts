import { PartnerError } from '@countersign/contract';
import type { FastifyInstance } from 'fastify';
import { authenticate, authenticateApp } from './authenticate.js';
import type { Gate } from './gate.js';
import { acceptSignedRequests } from './signed-requests.js';

const MESSAGE =
  'There is no such route. Countersign serves customers, at /partners/customers, and webhooks, at /partners/webhooks.';

/**
 * Answers what no route of this scope's prefix answers: authenticated like a request to one, then 404 whatever the body,
 * contract §2. The token is looked at where there is one, since a misspelt token route would have none.
 */
export function answerUnknownRoutes(app: FastifyInstance, gate: Gate): void {
  const refuse = async () => {
    throw new PartnerError('route_not_found', MESSAGE);
  };
  acceptSignedRequests(app, gate, async (request, reply) => {
    if (request.headers.authorization === undefined) await authenticateApp(gate, { request, reply });
    else await authenticate(gate, request, reply);
    await refuse();
  });
  app.setNotFoundHandler(refuse);
}
