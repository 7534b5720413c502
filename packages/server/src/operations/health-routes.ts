import type { FastifyInstance } from 'fastify';
import { describeRoute } from '../docs/describe-route.js';
import type { Storage } from '../storage/storage.js';

const statusSchema = (status: string) => ({
  type: 'object',
  required: ['status'],
  properties: { status: { type: 'string', enum: [status] } },
});

const aliveDocs = describeRoute({
  tag: 'Health',
  summary: 'Is the server alive',
  description: 'Says only that the process answers, whatever its storage does: for a restart when it does not.',
  access: 'open',
  success: {
    status: 200,
    description: 'It is',
    schema: statusSchema('ok'),
    examples: { Alive: { status: 'ok' } },
  },
});

const readyDocs = describeRoute({
  tag: 'Health',
  summary: 'Is the server ready',
  description: 'Asks the storage: for a load balancer, which sends requests elsewhere on 503.',
  access: 'open',
  success: {
    status: 200,
    description: 'Storage answers',
    schema: statusSchema('ready'),
    examples: { Ready: { status: 'ready' } },
  },
  errors: ['unavailable'],
});

/** `GET /healthz` (alive) and `GET /readyz` (storage answers), without credentials, contract §6. */
export function healthRoutes(app: FastifyInstance, storage: Storage): void {
  app.get('/healthz', { schema: aliveDocs }, async (_request, reply) =>
    reply.type('application/json; charset=utf-8').send('{"status":"ok"}'),
  );
  app.get('/readyz', { schema: readyDocs }, async (_request, reply) => {
    await storage.verify();
    return reply.type('application/json; charset=utf-8').send('{"status":"ready"}');
  });
}
