import type { FastifyInstance } from 'fastify';
import type { Storage } from '../storage/storage.js';

/** `GET /healthz` (alive) and `GET /readyz` (storage answers), without credentials, contract §6. */
export function healthRoutes(app: FastifyInstance, storage: Storage): void {
  app.get('/healthz', { schema: { hide: true } }, async (_request, reply) =>
    reply.type('application/json; charset=utf-8').send('{"status":"ok"}'),
  );
  app.get('/readyz', { schema: { hide: true } }, async (_request, reply) => {
    await storage.verify();
    return reply.type('application/json; charset=utf-8').send('{"status":"ready"}');
  });
}
