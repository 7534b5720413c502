import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type ControlActions, type ControlAnswer, controlActions } from './control-actions.js';
import { ControlRefusal } from './control-refusal.js';
import { CONTROL_PATH, injectFaults } from './inject-faults.js';
import type { ControlParts } from './open-control.js';
import { splitTarget } from './recorded-requests.js';
import { refuseStrangers } from './refuse-strangers.js';

const SNAPSHOT = /^POST \/_test\/snapshots\/([^/]+)\/restore$/;

/**
 * The control plane of a server that tests run, contract §10: lets every request through its faults, and answers tests.
 * Call before the routes that faults befall.
 */
export async function controlRoutes(app: FastifyInstance, parts: ControlParts): Promise<void> {
  injectFaults(app, parts);
  const actions = controlActions(parts);
  await app.register(async (scope) => {
    scope.addHook('onRequest', async (request) => refuseStrangers(request));
    scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
    scope.setErrorHandler(answerRefusal);
    scope.all(`${CONTROL_PATH}/*`, { schema: { hide: true } }, async (request, reply) => {
      await parts.whenReady();
      const { status, body } = await act(actions, request);
      return send(reply, status, body);
    });
  });
}

async function act(actions: ControlActions, request: FastifyRequest): Promise<ControlAnswer> {
  const [path] = splitTarget(request.raw.url ?? '');
  const name = `${request.method} ${path.replace(/\/$/, '')}`;
  const snapshot = SNAPSHOT.exec(name)?.[1];
  if (snapshot !== undefined) return actions.restore(decoded(snapshot));
  const action = actions.named.get(name);
  if (action === undefined) {
    throw new ControlRefusal(`There is no ${name} here; there are ${[...actions.named.keys()].join(', ')}.`, 404);
  }
  return action(bodyOf(request));
}

function bodyOf({ body }: FastifyRequest): unknown {
  if (!Buffer.isBuffer(body) || body.length === 0) return {};
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    throw new ControlRefusal('The body must be JSON.');
  }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new ControlRefusal('The name must be percent-encoded UTF-8.');
  }
}

function answerRefusal(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  if (error instanceof ControlRefusal) return send(reply, error.status, { message: error.message });
  request.log.error({ reason: error instanceof Error ? error.stack : String(error) }, 'the control plane failed');
  const isRefusal = error instanceof Error && 'statusCode' in error && Number(error.statusCode) < 500;
  const message = isRefusal ? error.message : 'This could not be done; the log of the server says why.';
  return send(reply, isRefusal ? 400 : 500, { message });
}

function send(reply: FastifyReply, status: number, body: unknown): FastifyReply {
  reply.code(status).header('cache-control', 'no-store');
  if (body === undefined) return reply.send();
  return reply.type('application/json; charset=utf-8').send(JSON.stringify(body));
}
