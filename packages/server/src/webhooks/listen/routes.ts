import { randomUUID } from 'node:crypto';
import { LISTENER_EVENTS, WEBHOOK_LIMITS } from '@countersign/contract';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { waitFor } from '../../http/wait-for.js';
import { callerScope } from '../../partner-api/caller-scope.js';
import { jsonBodyOf } from '../../partner-api/partner-request.js';
import type { PartnerCommand } from '../../partner-api/write/partner-command.js';
import { sendAnswer } from '../../partner-api/write/send-answer.js';
import { type Exchange, writeAtomically } from '../../partner-api/write/write-atomically.js';
import type { Storage } from '../../storage/storage.js';
import { QueryReader } from '../../validation/query-reader.js';
import type { RawQuery } from '../../validation/raw-query.js';
import { requireUuid } from '../../validation/uuid.js';
import type { WebhookScope } from '../subscriptions/webhook-store.js';
import { listAttemptsAfter } from './attempt-tail-store.js';
import { acknowledgeEvents, createListener, deleteListener, heldEventsAnswer, parseAcknowledgement } from './listen.js';
import { type ListenerKey, listHeldEvents, requireListener } from './listener-store.js';
import { attemptsAnswer, parseAttemptCursor, placeOfNow } from './watch-attempts.js';
import { watchDocs } from './watch-docs.js';

interface OfListener {
  Params: { uuid: string };
}
interface WithQuery {
  Querystring: RawQuery;
}

/** What a token must allow to hear of customers. */
const LISTENING = ['webhooks:manage', 'customers:read'] as const;

/** Routes to fetch events without a public address, and to watch deliveries. Mounted behind authentication. */
export function watchRoutes(app: FastifyInstance, storage: Storage): void {
  const closing = new AbortController();
  // Whoever waits is answered at once when the server stops.
  app.addHook('preClose', async () => closing.abort());
  mountListeners(app, storage, closing.signal);

  app.get<WithQuery>('/attempts', { schema: watchDocs.watchAttempts }, async (request, reply) => {
    const scope = callerScope(request, 'webhooks:manage');
    const { place, waitMs } = parseWatchQuery(request.query);
    const attempts = await waitFor(() => listAttemptsAfter(storage, scope, place), {
      waitMs,
      signal: closing.signal,
    });
    return sendAnswer(reply, attemptsAnswer(attempts, place));
  });
}

function mountListeners(app: FastifyInstance, storage: Storage, closing: AbortSignal): void {
  app.post('/listeners', { schema: watchDocs.createListener }, (request, reply) =>
    write(
      storage,
      { request, reply },
      { command: createListener, input: (scope) => ({ ...scope, uuid: randomUUID() }) },
    ),
  );

  app.delete<OfListener>('/listeners/:uuid', { schema: watchDocs.deleteListener }, (request, reply) =>
    write(storage, { request, reply }, { command: deleteListener, input: () => listenerOf(request) }),
  );

  app.post<OfListener>('/listeners/:uuid/acknowledge', { schema: watchDocs.acknowledge }, (request, reply) =>
    write(
      storage,
      { request, reply },
      {
        command: acknowledgeEvents,
        input: () => ({ ...listenerOf(request), events: parseAcknowledgement(jsonBodyOf(request)) }),
      },
    ),
  );

  app.get<OfListener & WithQuery>(
    '/listeners/:uuid/events',
    { schema: watchDocs.listEvents },
    async (request, reply) => {
      const listener = listenerOf(request);
      const reader = new QueryReader(request.query);
      const waitMs = (reader.integer('wait', WEBHOOK_LIMITS.waitSeconds) ?? 0) * 1_000;
      reader.finish();
      await requireListener(storage, listener);
      const held = await waitFor(() => listHeldEvents(storage, listener, LISTENER_EVENTS), { waitMs, signal: closing });
      return sendAnswer(reply, await heldEventsAnswer(storage, listener.teamId, held));
    },
  );
}

function parseWatchQuery(query: RawQuery) {
  const reader = new QueryReader(query);
  const waitMs = (reader.integer('wait', WEBHOOK_LIMITS.waitSeconds) ?? 0) * 1_000;
  const cursor = reader.text('cursor', 255);
  const place = cursor === undefined ? placeOfNow() : parseAttemptCursor(cursor);
  if (place === undefined) reader.refuse('cursor', 'invalid_value', 'cursor must be the nextCursor of the last look.');
  reader.finish();
  return { waitMs, place: place ?? placeOfNow() };
}

function listenerOf(request: FastifyRequest<OfListener>): ListenerKey {
  return { ...callerScope(request, ...LISTENING), uuid: requireUuid(request.params.uuid) };
}

interface Write<I> {
  readonly command: PartnerCommand<I>;
  readonly input: (scope: WebhookScope) => I;
}

function write<I>(storage: Storage, exchange: Exchange, { command, input }: Write<I>): Promise<FastifyReply> {
  const scope = callerScope(exchange.request, ...LISTENING);
  return writeAtomically(storage, exchange, { command, input: () => input(scope) });
}
