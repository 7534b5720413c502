import { PartnerError } from '@countersign/contract';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Exchange } from '../http/exchange.js';
import { throttled } from './authenticate.js';
import type { Gate } from './gate.js';
import { requireSignedHead } from './signed-head.js';

/** How a scope proves who sent a request, once its body is there. */
export type Prove = (request: FastifyRequest, reply: FastifyReply) => Promise<void>;

const JSON_TYPE = /^application\/json\s*(?:;|$)/i;
const ANY_TYPE = 'application/octet-stream';

/**
 * Makes every route of this scope look at the head of a request before its body is read, prove who sent it before anything
 * is said of the body, and only then take it for JSON, contract §1.1.
 */
export function acceptSignedRequests(app: FastifyInstance, gate: Gate, prove: Prove): void {
  app.decorateRequest('signedHead', null);
  app.addHook('onRequest', async (request, reply) => {
    await throttled(gate, { request, reply }, async () => {
      request.signedHead = await requireSignedHead(gate, request);
    });
    takeAnyBody(request);
  });
  // biome-ignore lint/complexity/useMaxParams: a hook without a promise has all four, and every signed request passes here
  app.addHook('preParsing', (request, reply, _payload, done) => {
    if (!request.raw.complete) countCutOff(gate, { request, reply });
    done();
  });
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  app.addHook('preValidation', async (request, reply) => {
    try {
      await prove(request, reply);
    } finally {
      request.leaveBodyRoom?.();
    }
    if (isOtherMedia(request)) throw new PartnerError('unsupported_media_type');
  });
}

// A body that never comes to its end would be a guess that is never counted.
function countCutOff(gate: Gate, { request, reply }: Exchange): void {
  request.raw.once('error', (error) => {
    const isRefused = reply.sent || (error instanceof PartnerError && error.code !== 'request_timeout');
    if (!isRefused) void gate.limits.countFailure(request.ip);
  });
}

// The framework refuses by itself what is no media type, although there may be no body that has one.
function takeAnyBody({ headers }: FastifyRequest): void {
  const type = headers['content-type'];
  if (type !== undefined && !JSON_TYPE.test(type)) headers['content-type'] = ANY_TYPE;
}

function isOtherMedia({ body, headers }: FastifyRequest): boolean {
  return Buffer.isBuffer(body) && body.length > 0 && !JSON_TYPE.test(headers['content-type'] ?? '');
}
