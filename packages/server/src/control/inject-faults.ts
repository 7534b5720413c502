import { STATUS_CODES } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { expireToken } from '../authorization/tokens/expire-token.js';
import type { Exchange } from '../http/exchange.js';
import type { Gate } from '../partner-api/gate.js';
import { RateLimited, rateLimitHeaders } from '../partner-api/rate-limits.js';
import type { Storage } from '../storage/storage.js';
import type { FaultAnswer, FaultEffect } from './fault.js';
import type { Faults } from './faults.js';
import { type RecordedRequests, splitTarget } from './recorded-requests.js';
import type { Turnstile } from './turnstile.js';

/** Where the control plane answers. */
export const CONTROL_PATH = '/_test';

/** What the requests that tests send pass through. */
export interface InjectionParts {
  readonly faults: Faults;
  readonly requests: RecordedRequests;
  readonly turnstile: Turnstile;
  readonly gate: Gate;
  readonly storage: Storage;
}

/** What an app calls; pages that people see have no faults. */
const BEFALLEN = /^\/(?:partners|auth2|oauth|\.well-known)(?:\/|$)/;
/** What waits until something happens, and writes nothing. */
const WAITING = /^\/partners\/webhooks\/(?:listeners\/[^/?]+\/events|attempts)(?:[/?]|$)/;
const BEARER = /^Bearer +(\S+)$/i;
const CODES = new Map([
  [429, 'rate_limit_exceeded'],
  [500, 'internal_error'],
  [503, 'unavailable'],
]);
/** A client that waits as it is told to goes on soon: the limit is not really reached. */
const LIMIT_STATE = { policy: 'client', limit: 100, remaining: 0, resetSeconds: 1 } as const;

/** Lets every request through the turnstile, notes it, and makes happen to it what tests asked for, contract §10. */
export function injectFaults(app: FastifyInstance, parts: InjectionParts): void {
  const { requests, turnstile } = parts;
  const faultOf = new WeakMap<FastifyRequest, FaultEffect>();
  app.addHook('onRequest', async (request, reply) => {
    if (isControl(request)) return;
    const leave = await turnstile.enter();
    if (WAITING.test(request.raw.url ?? '')) leave();
    else reply.raw.once('close', leave);
    const effect = takeFault(parts, request);
    if (effect === undefined) return;
    faultOf.set(request, effect);
    if (effect.cut === 'before') {
      requests.add(request, { status: null, fault: 'cut' });
      reply.hijack();
      request.raw.socket.destroy();
    } else await befall(parts, { request, reply }, effect);
  });
  app.addHook('onSend', async (request, reply) => {
    if (isControl(request)) return;
    const effect = faultOf.get(request);
    requests.add(request, { status: reply.statusCode, fault: effect && Object.keys(effect)[0] });
    // What the request did is on disk by now.
    if (effect?.cut === 'after-commit') request.raw.socket.destroy();
  });
}

function isControl({ raw }: FastifyRequest): boolean {
  return raw.url?.startsWith(CONTROL_PATH) === true;
}

function takeFault({ faults }: InjectionParts, request: FastifyRequest): FaultEffect | undefined {
  const [path] = splitTarget(request.raw.url ?? '');
  if (!BEFALLEN.test(path)) return undefined;
  const clientId = request.headers['x-client-id']?.toString();
  return faults.take({ method: request.method, path, clientId, hasToken: bearerOf(request) !== undefined });
}

function bearerOf({ headers }: FastifyRequest): string | undefined {
  return BEARER.exec(headers.authorization ?? '')?.[1];
}

async function befall(
  { gate, storage }: InjectionParts,
  { request, reply }: Exchange,
  { answer, delayMs, expireToken: isExpiring, limitReached }: FaultEffect,
): Promise<void> {
  if (answer !== undefined) await sendFault(reply, answer, request.id);
  if (delayMs !== undefined) await wait(delayMs);
  if (isExpiring) {
    await storage.write(expireToken, { accessToken: bearerOf(request) ?? '' });
    await gate.tokens.forget();
  }
  if (limitReached) {
    reply.headers(rateLimitHeaders(LIMIT_STATE));
    throw new RateLimited('A test has this request meet its limit.', LIMIT_STATE);
  }
}

function sendFault(reply: FastifyReply, { status, code, headers }: FaultAnswer, requestId: string): FastifyReply {
  const message = `A test asked for this answer: ${STATUS_CODES[status] ?? status}.`;
  const body = { status: 'error', message, code: code ?? CODES.get(status) ?? 'test_fault', statusCode: status };
  return reply
    .code(status)
    .type('application/json; charset=utf-8')
    .headers(headers)
    .send(JSON.stringify({ ...body, requestId }));
}
