import { hash } from 'node:crypto';
import { PartnerError } from '@countersign/contract';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { namesVersion, taggedVersion } from '../../http/entity-tag.js';
import { originOf } from '../../http/origin.js';
import { refusalOf } from '../../refusal.js';
import type { Storage } from '../../storage/storage.js';
import type { RawQuery } from '../../validation/raw-query.js';
import { isUuid } from '../../validation/uuid.js';
import { requireScope } from '../authenticate.js';
import type { Caller } from '../caller.js';
import { authenticationOf, callerOf, jsonBodyOf } from '../partner-request.js';
import type { Scope } from '../scope.js';
import { sendStream } from '../streams/send-stream.js';
import { StreamRoom } from '../streams/stream-room.js';
import type { StreamVerb } from '../streams/stream-verb.js';
import type { Answer } from './answer.js';
import type { ReadVerb, VerbParts } from './read-verb.js';
import { sendAnswer } from './send-answer.js';
import type { VerbRequest } from './verb-request.js';
import { answerWithoutCustomers, errorWithoutCustomers } from './without-customers.js';
import type { AtomicAnswer, AtomicWrite, Idempotency, WriteVerb } from './write-verb.js';

/** Visible ASCII, contract §1.4. */
const KEY_FORM = /^[\x21-\x7e]{1,255}$/;

/** What answers a route. */
export type VerbHandler = (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>;

/** The one way to serve verbs. */
export interface VerbHandlers<P extends VerbParts> {
  /** Answers with a read. */
  read<I>(verb: ReadVerb<I, P>): VerbHandler;
  /** Answers with a stream; too many at once are told to wait. */
  stream<I>(verb: StreamVerb<I, P>): VerbHandler;
  /**
   * Runs a write in its one transaction and sends its answer after the commit is on disk. With an `Idempotency-Key`, a kept
   * answer is given again, and a refusal is kept like any answer, contract §1.4. What is kept is whole; a token that may not
   * read customers is told nothing of what they hold, whoever asked first.
   */
  write<I>(verb: WriteVerb<I, P>): VerbHandler;
}

/** Serves verbs with what they need. Each first asks what the token allows, and then reads the request. */
export function verbHandlers<P extends VerbParts>(parts: P): VerbHandlers<P> {
  const { storage } = parts;
  const room = new StreamRoom();
  return {
    read: (verb) => async (request, reply) => {
      const asked = verbRequestOf(request, storage);
      requireScopes(asked.caller, verb.scopes);
      const answer = await verb.answer(parts, verb.read(asked));
      return isKnown(request, answer) ? reply.code(304).headers(answer.headers).send() : sendAnswer(reply, answer);
    },
    stream: (verb) => async (request, reply) => {
      const asked = verbRequestOf(request, storage);
      requireScopes(asked.caller, verb.scopes);
      const input = verb.read(asked);
      if (request.method === 'HEAD') return reply.send();
      const leave = room.enter(asked.caller.app.id);
      try {
        return await sendStream(reply, await verb.open(parts, input), leave);
      } catch (error) {
        leave();
        throw error;
      }
    },
    write: (verb) => async (request, reply) => {
      const asked = verbRequestOf(request, storage);
      requireScopes(asked.caller, verb.scopes);
      const perform = () => writeOnce({ storage, request, asked, read: () => verb.read(asked, parts) }, verb.command);
      if (asked.caller.scopes.has('customers:read')) return send(reply, await perform());
      try {
        const answer = await perform();
        const outcome = request.method === 'POST' && answer.status === 201 ? 'created' : 'updated';
        return send(reply, { ...answer, ...answerWithoutCustomers(answer, { outcome }) });
      } catch (error) {
        throw errorWithoutCustomers(error);
      }
    },
  };
}

function verbRequestOf(request: FastifyRequest, storage: Storage): VerbRequest {
  return {
    caller: callerOf(request),
    params: paramsOf(request.params),
    query: queryOf(request.query),
    ifMatch: request.headers['if-match'],
    importUuid: importUuidOf(request),
    requestId: request.id,
    origin: originOf(request),
    body: () => jsonBodyOf(request),
    now: () => new Date(storage.now()),
  };
}

// The router gives texts by name; the framework types them only where a route spells them out.
function paramsOf(params: unknown): VerbRequest['params'] {
  return params as VerbRequest['params'];
}

// app.ts has every query parsed by parseQuery.
function queryOf(query: unknown): RawQuery {
  return query as RawQuery;
}

function requireScopes(caller: Caller, scopes: readonly Scope[]): void {
  for (const scope of scopes) requireScope(caller, scope);
}

// RFC 9110 §13.1.2: what the client has already is not sent again.
function isKnown({ headers }: FastifyRequest, answer: Answer): boolean {
  const known = headers['if-none-match'];
  const version = taggedVersion(answer.headers.etag);
  return known !== undefined && version !== undefined && namesVersion(known, version);
}

interface Write<I> {
  readonly storage: Storage;
  readonly request: FastifyRequest;
  readonly asked: VerbRequest;
  readonly read: () => I | Promise<I>;
}

async function writeOnce<I>(
  { storage, request, asked, read }: Write<I>,
  command: WriteVerb<I, never>['command'],
): Promise<AtomicAnswer> {
  const idempotency = idempotencyOf(request);
  const { caller, mark } = authenticationOf(request);
  return storage.write(command, {
    requestId: request.id,
    mark: { teamId: caller.team.id, ...mark },
    importUuid: asked.importUuid,
    idempotency,
    work: idempotency === undefined ? { input: await read() } : await inputOrRefusal(read),
  });
}

function send(reply: FastifyReply, answer: AtomicAnswer): FastifyReply {
  if (answer.isReplayed) reply.header('idempotency-replayed', 'true');
  return sendAnswer(reply, answer);
}

async function inputOrRefusal<I>(read: () => I | Promise<I>): Promise<AtomicWrite<I>['work']> {
  try {
    return { input: await read() };
  } catch (error) {
    if (!(error instanceof PartnerError)) throw error;
    return { refusal: refusalOf(error) };
  }
}

function idempotencyOf(request: FastifyRequest): Idempotency | undefined {
  const key = request.headers['idempotency-key'];
  if (key === undefined) return undefined;
  if (typeof key !== 'string' || !KEY_FORM.test(key)) throw invalidKey();
  const { caller, bodyHash } = authenticationOf(request);
  const fingerprint = hash(
    'sha256',
    `${request.method} ${request.raw.url} ${bodyHash} ${request.headers['if-match'] ?? ''}`,
  );
  return { teamId: caller.team.id, appId: caller.app.id, key, fingerprint };
}

function importUuidOf({ method, headers }: FastifyRequest): string | undefined {
  const uuid = headers['x-import-id'];
  if (uuid === undefined || method === 'GET') return undefined;
  if (isUuid(uuid)) return uuid.toLowerCase();
  const message = 'X-Import-Id must be the uuid of an import.';
  throw new PartnerError('validation_error', message, {
    errors: [{ field: 'X-Import-Id', code: 'invalid_uuid', message }],
  });
}

function invalidKey(): PartnerError {
  const message = 'Idempotency-Key must be 1 to 255 visible ASCII characters.';
  return new PartnerError('validation_error', message, {
    errors: [{ field: 'Idempotency-Key', code: 'invalid_value', message }],
  });
}
