import type { FastifyInstance } from 'fastify';
import { routeOf } from './metrics.js';

/** Logs one line for each request: route, status and time, and neither secrets nor personal data. */
export function logRequests(app: FastifyInstance): void {
  app.addHook('onResponse', async (request, reply) => {
    request.log.info(
      {
        requestId: request.id,
        method: request.method,
        route: routeOf(request),
        status: reply.statusCode,
        durationMs: Math.round(reply.elapsedTime * 100) / 100,
        clientId: request.authentication?.caller.app.clientId,
        team: request.authentication?.caller.team.uuid,
      },
      'request',
    );
  });
}
