import { hash } from 'node:crypto';
import { PartnerError } from '@countersign/contract';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Storage } from '../../storage/storage.js';
import { authenticationOf, callerOf } from '../partner-request.js';
import type { AtomicAnswer, AtomicWrite, Idempotency, PartnerCommand } from './partner-command.js';
import { sendAnswer } from './send-answer.js';
import { answerWithoutCustomers, errorWithoutCustomers } from './without-customers.js';

/** Visible ASCII, contract §1.4. */
const KEY_FORM = /^[\x21-\x7e]{1,255}$/;

/** A request with its reply. */
export interface Exchange {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

/** A write and how to get from the request to what it works on. */
export interface WriteRequest<I> {
  readonly command: PartnerCommand<I>;
  /** Reads and checks the request; may throw PartnerError. */
  readonly input: () => I;
}

/**
 * Runs a write verb in its one transaction and sends its answer after the commit is on disk. With an `Idempotency-Key`,
 * a kept answer is given again, and a refusal is kept like any answer, contract §1.4. What is kept is whole; a token that
 * may not read customers is told nothing of what they hold, whoever asked first.
 */
export async function writeAtomically<I>(
  storage: Storage,
  exchange: Exchange,
  write: WriteRequest<I>,
): Promise<FastifyReply> {
  const { request, reply } = exchange;
  if (callerOf(request).scopes.has('customers:read')) return send(reply, await perform(storage, request, write));
  try {
    const answer = await perform(storage, request, write);
    const outcome = request.method === 'POST' && answer.status === 201 ? 'created' : 'updated';
    return send(reply, { ...answer, ...answerWithoutCustomers(answer, { outcome }) });
  } catch (error) {
    throw errorWithoutCustomers(error);
  }
}

function perform<I>(storage: Storage, request: FastifyRequest, write: WriteRequest<I>): Promise<AtomicAnswer> {
  const idempotency = idempotencyOf(request);
  const { caller, mark } = authenticationOf(request);
  return storage.write(write.command, {
    requestId: request.id,
    mark: { teamId: caller.team.id, ...mark },
    idempotency,
    work: workOf(write, idempotency),
  });
}

function send(reply: FastifyReply, answer: AtomicAnswer): FastifyReply {
  if (answer.isReplayed) reply.header('idempotency-replayed', 'true');
  return sendAnswer(reply, answer);
}

function workOf<I>({ input }: WriteRequest<I>, idempotency: Idempotency | undefined): AtomicWrite<I>['work'] {
  if (idempotency === undefined) return { input: input() };
  try {
    return { input: input() };
  } catch (error) {
    if (!(error instanceof PartnerError)) throw error;
    const { code, message, details, errors } = error;
    return { refusal: { code, message, details, errors } };
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

function invalidKey(): PartnerError {
  const message = 'Idempotency-Key must be 1 to 255 visible ASCII characters.';
  return new PartnerError('validation_error', message, {
    errors: [{ field: 'Idempotency-Key', code: 'invalid_value', message }],
  });
}
