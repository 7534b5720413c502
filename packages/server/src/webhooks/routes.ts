import { randomUUID } from 'node:crypto';
import { PartnerError, type PartnerWarning } from '@countersign/contract';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { originOf } from '../http/origin.js';
import type { SecretBox } from '../identity/apps/secret-box.js';
import { callerScope } from '../partner-api/caller-scope.js';
import { jsonBodyOf } from '../partner-api/partner-request.js';
import type { Scope } from '../partner-api/scope.js';
import type { PartnerCommand } from '../partner-api/write/partner-command.js';
import { sendAnswer } from '../partner-api/write/send-answer.js';
import { type Exchange, writeAtomically } from '../partner-api/write/write-atomically.js';
import type { Storage } from '../storage/storage.js';
import { type Checked, requireValid } from '../validation/checked.js';
import type { RawQuery } from '../validation/raw-query.js';
import { requireUuid } from '../validation/uuid.js';
import { createTestDelivery } from './delivery-log/create-test-delivery.js';
import { deliveryDocs } from './delivery-log/delivery-docs.js';
import { listDeliveries, parseDeliveryListQuery } from './delivery-log/list-deliveries.js';
import { redeliverOne, redeliverSince } from './delivery-log/redeliver.js';
import type { CallbackHostOptions } from './subscriptions/callback-host.js';
import { createWebhook } from './subscriptions/create-webhook.js';
import { deleteWebhook } from './subscriptions/delete-webhook.js';
import { listWebhooks, parseWebhookListQuery } from './subscriptions/list-webhooks.js';
import { updateWebhook } from './subscriptions/update-webhook.js';
import { webhookAnswer } from './subscriptions/webhook-answer.js';
import { webhookDocs } from './subscriptions/webhook-docs.js';
import { checkRedeliverInput, checkWebhookInput, checkWebhookPatch } from './subscriptions/webhook-input.js';
import { sealSigningSecret } from './subscriptions/webhook-secret.js';
import { type WebhookScope, webhookReader } from './subscriptions/webhook-store.js';

/** What the webhook routes work with. */
export interface WebhookParts {
  readonly storage: Storage;
  readonly box: SecretBox;
  /** How callback addresses are looked up, and which are good. */
  readonly callbackHosts: CallbackHostOptions;
}

interface OfWebhook {
  Params: { uuid: string };
}
interface OfDelivery {
  Params: { uuid: string; deliveryUuid: string };
}

/** What a token must allow to have customers sent or shown; its own subscriptions an app may see and end without it. */
const TELLING = ['webhooks:manage', 'customers:read'] as const;

/** The webhook routes, contract §5. Mounted behind authentication. */
export function webhookRoutes(app: FastifyInstance, parts: WebhookParts): void {
  mountReads(app, parts);
  mountWrites(app, parts);
  mountDeliveries(app, parts);
}

function mountReads(app: FastifyInstance, { storage }: WebhookParts): void {
  app.get<{ Querystring: RawQuery }>('', { schema: webhookDocs.list }, async (request, reply) => {
    const query = parseWebhookListQuery(request.query);
    return sendAnswer(reply, await listWebhooks(storage, callerScope(request, 'webhooks:manage'), query));
  });

  app.get<OfWebhook>('/:uuid', { schema: webhookDocs.get }, async (request, reply) => {
    const found = await webhookReader(storage, callerScope(request, 'webhooks:manage')).find(
      requireUuid(request.params.uuid),
    );
    if (found === undefined) throw new PartnerError('webhook_not_found');
    return sendAnswer(reply, webhookAnswer(found, { message: 'Webhook retrieved successfully' }));
  });

  app.get<OfWebhook & { Querystring: RawQuery }>(
    '/:uuid/deliveries',
    { schema: deliveryDocs.listDeliveries, config: { isPage: true } },
    async (request, reply) => {
      const uuid = requireUuid(request.params.uuid);
      const query = parseDeliveryListQuery(request.query);
      return sendAnswer(reply, await listDeliveries(storage, { ...callerScope(request, ...TELLING), uuid }, query));
    },
  );
}

function mountWrites(app: FastifyInstance, { storage, box, callbackHosts }: WebhookParts): void {
  app.post('', { schema: webhookDocs.create }, async (request, reply) => {
    const checked = await whenChecked(request, (body) => checkWebhookInput(body, callbackHosts));
    return write(
      storage,
      { request, reply },
      {
        command: createWebhook,
        input: (scope) => {
          const uuid = randomUUID();
          const { value, warnings } = checked();
          const { signingSecret, ...webhook } = value;
          return { ...scope, uuid, webhook, ...sealed(signingSecret ?? null, box, uuid), ...tellOf(request, warnings) };
        },
      },
    );
  });

  app.patch<OfWebhook>('/:uuid', { schema: webhookDocs.update }, async (request, reply) => {
    const checked = await whenChecked(request, (body) => checkWebhookPatch(body, callbackHosts));
    return write(
      storage,
      { request, reply },
      {
        command: updateWebhook,
        input: (scope) => {
          const uuid = requireUuid(request.params.uuid);
          const { value, warnings } = checked();
          const { signingSecret, ...patch } = value;
          return { ...scope, uuid, patch, ...sealed(signingSecret, box, uuid), ...tellOf(request, warnings) };
        },
      },
    );
  });

  app.delete<OfWebhook>('/:uuid', { schema: webhookDocs.delete }, (request, reply) =>
    write(
      storage,
      { request, reply },
      {
        scopes: ['webhooks:manage'],
        command: deleteWebhook,
        input: (scope) => ({
          ...scope,
          uuid: requireUuid(request.params.uuid),
          origin: originOf(request),
        }),
      },
    ),
  );
}

function mountDeliveries(app: FastifyInstance, { storage }: WebhookParts): void {
  app.post<OfWebhook>('/:uuid/test', { schema: deliveryDocs.test }, (request, reply) =>
    write(
      storage,
      { request, reply },
      {
        command: createTestDelivery,
        input: (scope) => ({
          ...scope,
          webhookUuid: requireUuid(request.params.uuid),
        }),
      },
    ),
  );

  app.post<OfDelivery>(
    '/:uuid/deliveries/:deliveryUuid/redeliver',
    { schema: deliveryDocs.redeliverOne },
    (request, reply) =>
      write(
        storage,
        { request, reply },
        {
          command: redeliverOne,
          input: (scope) => ({
            ...scope,
            webhookUuid: requireUuid(request.params.uuid),
            deliveryUuid: requireUuid(request.params.deliveryUuid),
          }),
        },
      ),
  );

  app.post<OfWebhook>('/:uuid/redeliver', { schema: deliveryDocs.redeliverSince }, (request, reply) =>
    write(
      storage,
      { request, reply },
      {
        command: redeliverSince,
        input: (scope) => {
          const webhookUuid = requireUuid(request.params.uuid);
          const { value, warnings } = requireValid(checkRedeliverInput(jsonBodyOf(request)));
          return { ...scope, webhookUuid, since: value, warnings };
        },
      },
    ),
  );
}

// Looking an address up takes time, and what comes of it belongs to the answer that is kept under an Idempotency-Key.
async function whenChecked<T>(request: FastifyRequest, check: (body: object) => Promise<Checked<T>>) {
  callerScope(request, ...TELLING);
  try {
    const checked = await check(jsonBodyOf(request));
    return () => requireValid(checked);
  } catch (error) {
    return () => {
      throw error;
    };
  }
}

function sealed<S extends string | null | undefined>(secret: S, box: SecretBox, webhookUuid: string) {
  return { encryptedSecret: typeof secret === 'string' ? sealSigningSecret(box, webhookUuid, secret) : secret };
}

function tellOf(request: FastifyRequest, warnings: readonly PartnerWarning[]) {
  return { warnings, origin: originOf(request) };
}

interface Write<I> {
  /** What the token must allow; {@link TELLING} when left out. */
  readonly scopes?: readonly [Scope, ...Scope[]];
  readonly command: PartnerCommand<I>;
  readonly input: (scope: WebhookScope) => I;
}

function write<I>(
  storage: Storage,
  exchange: Exchange,
  { scopes = TELLING, command, input }: Write<I>,
): Promise<FastifyReply> {
  const scope = callerScope(exchange.request, ...scopes);
  return writeAtomically(storage, exchange, { command, input: () => input(scope) });
}
