import { PartnerError } from '@countersign/contract';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Exchange } from '../http/exchange.js';
import type { RequestMark } from '../storage/request-mark.js';
import type { SigningApp } from './app-directory.js';
import type { Caller } from './caller.js';
import type { Gate } from './gate.js';
import { RateLimited, rateLimitHeaders } from './rate-limits.js';
import { bodyHashOf, isSignatureGood, type ReceivedRequest } from './signature/signature.js';
import { findSignatureHint, signatureDetails } from './signature/signature-hint.js';
import type { SignedHead } from './signed-head.js';

/** An app that signed a request. */
export interface AppAuthentication {
  readonly app: SigningApp;
  /** What tells the request from others. */
  readonly mark: RequestMark;
}

/** What authentication learned about a request that acts for a team. */
export interface Authentication {
  readonly caller: Caller;
  readonly bodyHash: string;
  /** What tells the request from others. */
  readonly mark: RequestMark;
}

const EMPTY = Buffer.alloc(0);
/** Of a signature's hex digits, how many its mark has. */
const MARK_CHARACTERS = 32;

/**
 * Authenticates a request of the partner API whose head was admitted, contract §1: signature over the bytes, limit by
 * client, token. Whether it came before is asked where it has its effect.
 *
 * @throws PartnerError 401, 403 or 429
 */
export async function authenticate(gate: Gate, request: FastifyRequest, reply: FastifyReply): Promise<Authentication> {
  return throttled(gate, { request, reply }, async () => {
    const { app, bodyHash, mark, nowMs } = await verifySignature(gate, request);
    const counting = countRequest(gate, app, reply);
    return counted(counting, async () => {
      const token = await gate.tokens.require(request.headers.authorization, { nowMs, readAfter: counting });
      if (token.appId !== app.id) throw new PartnerError('client_mismatch');
      return {
        bodyHash,
        mark,
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
export async function authenticateApp(gate: Gate, { request, reply }: Exchange): Promise<AppAuthentication> {
  return throttled(gate, { request, reply }, async () => {
    const { app, mark } = await verifySignature(gate, request);
    await countRequest(gate, app, reply);
    return { app, mark };
  });
}

/** Refuses an address that failed too often, and counts a failure, contract §1.3. @throws RateLimited */
export async function throttled<T>(gate: Gate, { request, reply }: Exchange, work: () => Promise<T>): Promise<T> {
  try {
    gate.limits.refuseGuessing(request.ip);
    return await work();
  } catch (error) {
    if (error instanceof PartnerError && error.status === 401) {
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

// Looks for the token while the request is counted, so that both are one turn where counts are kept on another machine. Over
// the limit nothing else is told.
async function counted<T>(counting: Promise<void>, admit: () => Promise<T>): Promise<T> {
  const [count, admission] = await Promise.allSettled([counting, admit()]);
  if (count.status === 'rejected') throw count.reason;
  if (admission.status === 'rejected') throw admission.reason;
  return admission.value;
}

interface Signed extends Pick<SignedHead, 'app' | 'nowMs'> {
  readonly bodyHash: string;
  readonly mark: RequestMark;
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
  return {
    app,
    bodyHash,
    mark: { signedAt: Math.round(time * 1_000), signature: signature.slice(0, MARK_CHARACTERS) },
    nowMs,
  };
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

/** Refuses a caller whose token lacks a scope. @throws PartnerError `insufficient_scope` */
export function requireScope(caller: Caller, scope: string): void {
  if (caller.scopes.has(scope)) return;
  throw new PartnerError('insufficient_scope', `The access token lacks the scope ${scope}.`, {
    details: { requiredScope: scope },
  });
}
