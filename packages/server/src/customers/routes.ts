import { PartnerError } from '@countersign/contract';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { namesVersion } from '../http/entity-tag.js';
import { requireScope } from '../partner-api/authenticate.js';
import { callerOf, jsonBodyOf } from '../partner-api/partner-request.js';
import type { Answer } from '../partner-api/write/answer.js';
import type { PartnerCommand } from '../partner-api/write/partner-command.js';
import { sendAnswer } from '../partner-api/write/send-answer.js';
import { type Exchange, writeAtomically } from '../partner-api/write/write-atomically.js';
import type { Storage } from '../storage/storage.js';
import { requireValid } from '../validation/checked.js';
import type { RawQuery } from '../validation/raw-query.js';
import { requireUuid } from '../validation/uuid.js';
import { bulkCreateCustomers, bulkUpdateCustomers } from './bulk/bulk-customers.js';
import { parseBulkCreate, parseBulkUpdate } from './bulk/bulk-request.js';
import { createContact, deleteContact, updateContact } from './contacts/change-contacts.js';
import { listContacts } from './contacts/list-contacts.js';
import { createCustomer } from './create-customer.js';
import { customerAnswer } from './customer-answer.js';
import { checkContactInput, checkCustomerInput, checkCustomerPatch } from './customer-input.js';
import { newCustomer } from './customer-record.js';
import { requireCustomerRow } from './customer-row.js';
import { customerReader, type StoredBody } from './customer-store.js';
import { deleteCustomer } from './delete-customer.js';
import { listCustomers } from './list/list-customers.js';
import { parseEmailQuery, parseListQuery } from './list/list-query.js';
import { requireEmail, requireExternalId } from './path-values.js';
import { restoreCustomer } from './restore-customer.js';
import { routeDocs } from './route-docs.js';
import { updateCustomer } from './update-customer.js';
import { upsertCustomer } from './upsert/upsert-customer.js';
import { parseUpsert, type UpsertKey } from './upsert/upsert-request.js';

interface OfCustomer {
  Params: { uuid: string };
}
interface OfContact {
  Params: { uuid: string; contactUuid: string };
}

/** The customer routes, contract §3.2. Mounted behind authentication. */
export function customerRoutes(app: FastifyInstance, storage: Storage): void {
  mountReads(app, storage);
  mountCustomerWrites(app, storage);
  mountUpserts(app, storage);
  mountBulk(app, storage);
  mountContacts(app, storage);
}

function mountReads(app: FastifyInstance, storage: Storage): void {
  app.get<{ Querystring: RawQuery }>(
    '',
    { schema: routeDocs.list, config: { isPage: true } },
    async (request, reply) => {
      const query = parseListQuery(request.query);
      return sendAnswer(reply, await listCustomers(storage, readingTeam(request), query));
    },
  );

  app.get<{ Querystring: RawQuery }>('/find-by-email', { schema: routeDocs.findByEmail }, async (request, reply) => {
    const email = parseEmailQuery(request.query);
    return sendCustomer({ request, reply }, await customerReader(storage, readingTeam(request)).findByEmail(email));
  });

  app.get<OfCustomer>('/:uuid', { schema: routeDocs.get }, async (request, reply) => {
    const uuid = requireUuid(request.params.uuid);
    return sendCustomer({ request, reply }, await customerReader(storage, readingTeam(request)).findByUuid(uuid));
  });
}

function mountCustomerWrites(app: FastifyInstance, storage: Storage): void {
  app.post('', { schema: routeDocs.create }, (request, reply) =>
    write(
      storage,
      { request, reply },
      {
        command: createCustomer,
        input: (teamId) => {
          const { value, warnings } = requireValid(checkCustomerInput(jsonBodyOf(request)));
          return { teamId, row: requireCustomerRow(newCustomer(value, new Date(storage.now()))), warnings };
        },
      },
    ),
  );

  for (const method of ['PUT', 'PATCH'] as const) {
    const schema = method === 'PUT' ? routeDocs.put : routeDocs.patch;
    app.route<OfCustomer>({
      method,
      url: '/:uuid',
      schema,
      handler: (request, reply) =>
        write(
          storage,
          { request, reply },
          {
            command: updateCustomer,
            input: (teamId) => {
              const uuid = requireUuid(request.params.uuid);
              const { value, warnings } = requireValid(checkCustomerPatch(jsonBodyOf(request)));
              return { teamId, uuid, patch: value, warnings, ifMatch: request.headers['if-match'] };
            },
          },
        ),
    });
  }

  app.delete<OfCustomer>('/:uuid', { schema: routeDocs.delete }, (request, reply) =>
    write(
      storage,
      { request, reply },
      {
        command: deleteCustomer,
        input: (teamId) => ({
          teamId,
          uuid: requireUuid(request.params.uuid),
          ifMatch: request.headers['if-match'],
        }),
      },
    ),
  );

  app.post<OfCustomer>('/:uuid/restore', { schema: routeDocs.restore }, (request, reply) =>
    write(
      storage,
      { request, reply },
      {
        command: restoreCustomer,
        input: (teamId) => ({
          teamId,
          uuid: requireUuid(request.params.uuid),
        }),
      },
    ),
  );
}

function mountUpserts(app: FastifyInstance, storage: Storage): void {
  const upsert = (request: FastifyRequest, reply: FastifyReply, keyOf: () => UpsertKey) =>
    write(
      storage,
      { request, reply },
      {
        command: upsertCustomer,
        input: (teamId) => {
          const by = keyOf();
          return { teamId, by, ifMatch: request.headers['if-match'], ...parseUpsert(jsonBodyOf(request), by) };
        },
      },
    );

  const byExternalId = (request: FastifyRequest, reply: FastifyReply, externalId: string) =>
    upsert(request, reply, () => ({ externalId: requireExternalId(externalId) }));
  const byEmail = (request: FastifyRequest, reply: FastifyReply, email: string) =>
    upsert(request, reply, () => ({ email: requireEmail(email) }));

  app.put<{ Params: { externalId: string } }>(
    '/by-external-id/:externalId',
    { schema: routeDocs.upsertByExternalId },
    (request, reply) => byExternalId(request, reply, request.params.externalId),
  );
  app.put<{ Params: { email: string } }>('/by-email/:email', { schema: routeDocs.upsertByEmail }, (request, reply) =>
    byEmail(request, reply, request.params.email),
  );
  // With an empty key the path would be that of a customer.
  app.put('/by-external-id', { schema: { hide: true } }, (request, reply) => byExternalId(request, reply, ''));
  app.put('/by-email', { schema: { hide: true } }, (request, reply) => byEmail(request, reply, ''));
}

function mountBulk(app: FastifyInstance, storage: Storage): void {
  app.post('/bulk', { schema: routeDocs.bulkCreate }, (request, reply) =>
    write(
      storage,
      { request, reply },
      {
        command: bulkCreateCustomers,
        input: (teamId) => parseBulkCreate(jsonBodyOf(request), { teamId, now: new Date(storage.now()) }),
      },
    ),
  );

  app.patch('/bulk', { schema: routeDocs.bulkUpdate }, (request, reply) =>
    write(
      storage,
      { request, reply },
      { command: bulkUpdateCustomers, input: (teamId) => parseBulkUpdate(jsonBodyOf(request), teamId) },
    ),
  );
}

function mountContacts(app: FastifyInstance, storage: Storage): void {
  app.get<OfCustomer>('/:uuid/contacts', { schema: routeDocs.listContacts }, async (request, reply) => {
    const uuid = requireUuid(request.params.uuid);
    const found = await customerReader(storage, readingTeam(request)).findByUuid(uuid);
    if (found === undefined) throw new PartnerError('customer_not_found');
    return sendUnlessKnown({ request, reply }, found, listContacts(found));
  });

  app.post<OfCustomer>('/:uuid/contacts', { schema: routeDocs.createContact }, (request, reply) =>
    write(
      storage,
      { request, reply },
      {
        command: createContact,
        input: (teamId) => ({
          ...contactScope(request, teamId),
          ...contactOf(request),
        }),
      },
    ),
  );

  app.patch<OfContact>('/:uuid/contacts/:contactUuid', { schema: routeDocs.updateContact }, (request, reply) =>
    write(
      storage,
      { request, reply },
      {
        command: updateContact,
        input: (teamId) => ({
          ...contactScope(request, teamId),
          contactUuid: requireUuid(request.params.contactUuid),
          ...contactOf(request),
        }),
      },
    ),
  );

  app.delete<OfContact>('/:uuid/contacts/:contactUuid', { schema: routeDocs.deleteContact }, (request, reply) =>
    write(
      storage,
      { request, reply },
      {
        command: deleteContact,
        input: (teamId) => ({
          ...contactScope(request, teamId),
          contactUuid: requireUuid(request.params.contactUuid),
        }),
      },
    ),
  );
}

function contactScope(request: FastifyRequest<OfCustomer>, teamId: number) {
  const customerUuid = requireUuid(request.params.uuid);
  return { teamId, customerUuid, ifMatch: request.headers['if-match'] };
}

function contactOf(request: FastifyRequest) {
  const { value, warnings } = requireValid(checkContactInput(jsonBodyOf(request)));
  return { contact: value, warnings };
}

function readingTeam(request: FastifyRequest): number {
  const caller = callerOf(request);
  requireScope(caller, 'customers:read');
  return caller.team.id;
}

interface Write<I> {
  readonly command: PartnerCommand<I>;
  readonly input: (teamId: number) => I;
}

function write<I>(storage: Storage, exchange: Exchange, { command, input }: Write<I>): Promise<FastifyReply> {
  const caller = callerOf(exchange.request);
  requireScope(caller, 'customers:write');
  return writeAtomically(storage, exchange, { command, input: () => input(caller.team.id) });
}

function sendCustomer({ request, reply }: Exchange, found: StoredBody | undefined): FastifyReply {
  if (found === undefined) throw new PartnerError('customer_not_found');
  return sendUnlessKnown(
    { request, reply },
    found,
    customerAnswer(found, { message: 'Customer retrieved successfully' }),
  );
}

// RFC 9110 §13.1.2: what the client has already is not sent again.
function sendUnlessKnown({ request, reply }: Exchange, { version }: StoredBody, answer: Answer): FastifyReply {
  const known = request.headers['if-none-match'];
  const isKnown = known !== undefined && namesVersion(known, version);
  return isKnown ? reply.code(304).headers(answer.headers).send() : sendAnswer(reply, answer);
}
