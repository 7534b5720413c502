import { PartnerError } from '@countersign/contract';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { SigningApp } from './app-directory.js';
import type { Caller } from './caller.js';
import type { Gate } from './gate.js';
import { RateLimited, rateLimitHeaders } from './rate-limits.js';
import { bodyHashOf, isSignatureGood, type ReceivedRequest } from './signature.js';
import { findSignatureHint, signatureDetails } from './signature-hint.js';
import type { SignedHead } from './signed-head.js';

/** An app that signed a request. */
export interface AppAuthentication {
  readonly app: SigningApp;
  /** Takes back the mark against replay, when the answer says that nothing happened. */
  forgetReplay(): Promise<void>;
}

/** What authentication learned about a request that acts for a team. */
export interface Authentication {
  readonly caller: Caller;
  readonly bodyHash: string;
  /** Takes back the mark against replay, when the answer says that nothing happened. */
  forgetReplay(): Promise<void>;
}

/** How a route that needs no token takes a request that was accepted before. */
export type RepeatRule =
  /** 401 `replayed_request`, as on any route. */
  | 'refused'
  /** Let through: what the request spends can be spent once, and spending it twice has its own answer. */
  | 'let-through'
  /** Let through while the request is fresh, because refreshes race in real clients, contract §4. */
  | 'let-through-when-fresh';

/** How old the very same request for a refresh may be to give one more pair, in milliseconds, contract §4.4. */
const REFRESH_REPEAT_MS = 30_000;
const EMPTY = Buffer.alloc(0);
const MUTATING = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);

/**
 * Authenticates a request of the partner API whose head was admitted, contract §1: signature over the bytes, limit by
 * client, token, replay. The replay mark comes last: a request that was refused before may be sent again as it is.
 *
 * @param body the bytes of the body, empty where there is none
 * @throws PartnerError 401, 403 or 429
 */
export async function authenticate(gate: Gate, request: FastifyRequest, reply: FastifyReply): Promise<Authentication> {
  return throttled(gate, { request, reply }, async () => {
    const signed = await verifySignature(gate, request);
    const { app, bodyHash, nowMs } = signed;
    const counting = countRequest(gate, app, reply);
    return counted(counting, async () => {
      const token = await gate.tokens.require(request.headers.authorization, { nowMs, readAfter: counting });
      if (token.appId !== app.id) throw new PartnerError('client_mismatch');
      return {
        bodyHash,
        forgetReplay: await admitOnce(gate, request, signed),
        caller: {
          app: { id: app.id, clientId: app.clientId },
          team: { id: token.teamId, uuid: token.teamUuid },
          userId: token.userId,
          scopes: token.scopes,
        },
      };
    });
  });
}

/**
 * Authenticates a request that needs the signature only, contract §1.2.
 *
 * @throws PartnerError 401 or 429
 */
export async function authenticateApp(
  gate: Gate,
  { request, reply }: SignedExchange,
  repeats: RepeatRule,
): Promise<AppAuthentication> {
  return throttled(gate, { request, reply }, async () => {
    const signed = await verifySignature(gate, request);
    const isFresh = Math.abs(signed.nowMs - signed.time * 1000) <= REFRESH_REPEAT_MS;
    const isLetThrough = repeats === 'let-through' || (repeats === 'let-through-when-fresh' && isFresh);
    return counted(countRequest(gate, signed.app, reply), async () => {
      const forgetReplay = isLetThrough
        ? (await noteSignature(gate, signed)).forget
        : await admitOnce(gate, request, signed);
      return { app: signed.app, forgetReplay };
    });
  });
}

/** A request with its reply. */
export interface SignedExchange {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

/** Refuses an address that failed too often, and counts a failure, contract §1.3. @throws RateLimited */
export async function throttled<T>(gate: Gate, { request, reply }: SignedExchange, work: () => Promise<T>): Promise<T> {
  try {
    gate.limits.refuseGuessing(request.ip);
    return await work();
  } catch (error) {
    if (error instanceof PartnerError && error.status === 401 && error.code !== 'replayed_request') {
      const state = await gate.limits.countFailure(request.ip);
      if (state !== undefined && !reply.hasHeader('ratelimit')) reply.headers(rateLimitHeaders(state));
    }
    if (error instanceof RateLimited) reply.headers(rateLimitHeaders(error.state));
    throw error;
  }
}

/** Counts a request of an app, and writes into the answer how its limit stands. @throws RateLimited */
export async function countRequest(gate: Gate, app: SigningApp, reply: FastifyReply): Promise<void> {
  const state = await gate.limits.countRequest(app.clientId, app.rateLimit);
  if (state !== undefined) reply.headers(rateLimitHeaders(state));
}

// Admits a request while it is counted, so that both are one turn where they are kept on another machine. Over the limit
// it is as if it had not been admitted.
async function counted<T extends { forgetReplay(): Promise<void> }>(
  counting: Promise<void>,
  admit: () => Promise<T>,
): Promise<T> {
  const [count, admission] = await Promise.allSettled([counting, admit()]);
  if (count.status === 'rejected') {
    if (admission.status === 'fulfilled') await admission.value.forgetReplay();
    throw count.reason;
  }
  if (admission.status === 'rejected') throw admission.reason;
  return admission.value;
}

interface Signed extends Omit<SignedHead, 'timestamp'> {
  readonly bodyHash: string;
}

async function verifySignature(gate: Gate, request: FastifyRequest): Promise<Signed> {
  const head = request.signedHead;
  if (head === null) throw new Error('this route does not look at heads');
  const { app: known, signature, time, nowMs, timestamp } = head;
  const received = {
    method: request.method,
    target: request.raw.url ?? '/',
    timestamp,
    body: Buffer.isBuffer(request.body) ? request.body : EMPTY,
  };
  const bodyHash = bodyHashOf(received);
  const isGood = ({ keys }: SigningApp) => isSignatureGood(received, { signature, bodyHash, keys });
  const app = await gate.apps.verify(known, isGood);
  if (app === undefined) throw await signatureError(gate, known, { received, signature, bodyHash });
  return { app, bodyHash, signature, time, nowMs };
}

interface RefusedSignature {
  readonly received: ReceivedRequest;
  readonly signature: string;
  readonly bodyHash: string;
}

async function signatureError(
  gate: Gate,
  app: SigningApp,
  { received, signature, bodyHash }: RefusedSignature,
): Promise<PartnerError> {
  if (!gate.isDevelopment) return new PartnerError('invalid_signature');
  const hint = findSignatureHint(received, signature, await gate.apps.listCandidateSecrets(app));
  return new PartnerError('invalid_signature', undefined, { details: signatureDetails(received, { bodyHash, hint }) });
}

const nothingToForget = async () => undefined;

// Gives how to take the mark back. With a key a signature may come again, but is noted as any other: taking the key away
// makes no new request of it.
async function admitOnce(gate: Gate, request: FastifyRequest, signed: Signed): Promise<() => Promise<void>> {
  if (!MUTATING.has(request.method)) return nothingToForget;
  const { isNew, forget } = await noteSignature(gate, signed);
  if (!isNew && request.headers['idempotency-key'] === undefined) throw new PartnerError('replayed_request');
  return forget;
}

async function noteSignature({ replays }: Gate, { app, signature, time }: Signed) {
  const mark = { appId: app.id, signature, time };
  const isNew = await replays.admit(mark);
  return { isNew, forget: isNew ? () => replays.forget(mark) : nothingToForget };
}

/** Refuses a caller whose token lacks a scope. @throws PartnerError `insufficient_scope` */
export function requireScope(caller: Caller, scope: string): void {
  if (caller.scopes.has(scope)) return;
  throw new PartnerError('insufficient_scope', `The access token lacks the scope ${scope}.`, {
    details: { requiredScope: scope },
  });
}
