import { PartnerError } from '@countersign/contract';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { AppDirectory, SigningApp } from './app-directory.js';
import type { Caller } from './caller.js';
import { RateLimited, type RateLimits, rateLimitHeaders } from './rate-limits.js';
import type { ReplayGuard } from './replay-guard.js';
import { bodyHashOf, isSignatureGood, type ReceivedRequest } from './signature.js';
import { findSignatureHint, signatureDetails } from './signature-hint.js';
import { requireTimely } from './timestamp.js';
import type { TokenDirectory } from './token-directory.js';

/** What authentication works with. */
export interface Gate {
  readonly apps: AppDirectory;
  readonly tokens: TokenDirectory;
  readonly limits: RateLimits;
  readonly replays: ReplayGuard;
  /** Whether a wrong signature is explained, contract §2. */
  readonly isDevelopment: boolean;
}

/** What authentication learned about a request. */
export interface Authentication {
  readonly caller: Caller;
  readonly bodyHash: string;
  /** Takes back the mark against replay, when the answer says that nothing happened. */
  forgetReplay(): void;
}

const EMPTY = Buffer.alloc(0);
const MUTATING = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);

/**
 * Authenticates a request of the partner API, contract §1: throttle by address, signature over the bytes, limit by
 * client, token, replay. The replay mark comes last: a request that was refused before may be sent again as it is.
 *
 * @param body the bytes of the body, empty where there is none
 * @throws PartnerError 401, 403 or 429
 */
export async function authenticate(gate: Gate, request: FastifyRequest, reply: FastifyReply): Promise<Authentication> {
  try {
    await gate.limits.refuseGuessing(request.ip);
    return await verify(gate, request, reply);
  } catch (error) {
    if (error instanceof PartnerError && error.status === 401 && error.code !== 'replayed_request') {
      const state = await gate.limits.countFailure(request.ip);
      if (state !== undefined && !reply.hasHeader('ratelimit')) reply.headers(rateLimitHeaders(state));
    }
    if (error instanceof RateLimited) reply.headers(rateLimitHeaders(error.state));
    throw error;
  }
}

async function verify(gate: Gate, request: FastifyRequest, reply: FastifyReply): Promise<Authentication> {
  const nowMs = Date.now();
  const received = receivedRequest(request);
  const clientId = signingHeader(request, 'x-client-id');
  const signature = signingHeader(request, 'x-signature');
  const app = await gate.apps.find(clientId);
  if (app === undefined) throw new PartnerError('invalid_client');
  const time = requireTimely(received.timestamp, nowMs);
  const bodyHash = bodyHashOf(received);
  if (!isSignatureGood(received, { signature, bodyHash, keys: app.keys })) {
    throw await signatureError(gate, app, { received, signature, bodyHash });
  }
  const state = await gate.limits.countRequest(app.clientId, app.rateLimit);
  if (state !== undefined) reply.headers(rateLimitHeaders(state));
  const token = await gate.tokens.require(request.headers.authorization, nowMs);
  if (token.appId !== app.id) throw new PartnerError('client_mismatch');
  const isNoted = admitOnce(gate, request, { appId: app.id, signature, time });
  return {
    bodyHash,
    caller: {
      app: { id: app.id, clientId: app.clientId },
      team: { id: token.teamId, uuid: token.teamUuid },
      userId: token.userId,
      scopes: token.scopes,
    },
    forgetReplay: () => {
      if (isNoted) gate.replays.forget(app.id, signature, time);
    },
  };
}

function receivedRequest(request: FastifyRequest): ReceivedRequest {
  return {
    method: request.method,
    target: request.raw.url ?? '/',
    timestamp: signingHeader(request, 'x-timestamp'),
    body: Buffer.isBuffer(request.body) ? request.body : EMPTY,
  };
}

const SIGNING_HEADERS = ['x-client-id', 'x-timestamp', 'x-signature'] as const;

function signingHeader(request: FastifyRequest, name: (typeof SIGNING_HEADERS)[number]): string {
  const value = request.headers[name];
  if (typeof value === 'string' && value !== '') return value;
  const missing = SIGNING_HEADERS.filter((header) => !request.headers[header]);
  throw new PartnerError('missing_credentials', undefined, { details: { missing } });
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

interface SignatureMark {
  readonly appId: number;
  readonly signature: string;
  readonly time: number;
}

// With a key a signature may come again, but is noted as any other: taking the key away makes no new request of it.
function admitOnce(gate: Gate, request: FastifyRequest, { appId, signature, time }: SignatureMark): boolean {
  if (!MUTATING.has(request.method)) return false;
  const isNew = gate.replays.admit(appId, signature, time);
  if (!isNew && request.headers['idempotency-key'] === undefined) throw new PartnerError('replayed_request');
  return isNew;
}

/** Refuses a caller whose token lacks a scope. @throws PartnerError `insufficient_scope` */
export function requireScope(caller: Caller, scope: string): void {
  if (caller.scopes.has(scope)) return;
  throw new PartnerError('insufficient_scope', `The access token lacks the scope ${scope}.`, {
    details: { requiredScope: scope },
  });
}
