import type { FastifyInstance } from 'fastify';
import { describeRoute } from '../docs/describe-route.js';
import type { SharedState } from '../shared-state/shared-state.js';
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
  description:
    'Asks the storage: for a load balancer, which sends requests elsewhere on 503. `degraded` is ready too, and names ' +
    'what does not answer: while `redis` is away, each process limits for itself.',
  access: 'open',
  success: {
    status: 200,
    description: 'Storage answers',
    schema: {
      type: 'object',
      required: ['status'],
      properties: {
        status: { type: 'string', enum: ['ready', 'degraded'] },
        degraded: { type: 'array', items: { type: 'string', enum: ['redis'] } },
      },
    },
    examples: { Ready: { status: 'ready' }, Degraded: { status: 'degraded', degraded: ['redis'] } },
  },
  errors: ['unavailable'],
});

/** What the health of a server is told by. */
export interface HealthParts {
  readonly storage: Storage;
  readonly shared: SharedState;
}

/** `GET /healthz` (alive) and `GET /readyz` (storage answers), without credentials, contract §6. */
export function healthRoutes(app: FastifyInstance, { storage, shared }: HealthParts): void {
  app.get('/healthz', { schema: aliveDocs }, async (_request, reply) =>
    reply.type('application/json; charset=utf-8').send('{"status":"ok"}'),
  );
  app.get('/readyz', { schema: readyDocs }, async (_request, reply) => {
    await storage.verify();
    const degraded = shared.listAway();
    const body = degraded.length === 0 ? { status: 'ready' } : { status: 'degraded', degraded };
    return reply.type('application/json; charset=utf-8').send(JSON.stringify(body));
  });
}
