import type { IncomingMessage, ServerResponse } from 'node:http';
import { PartnerError } from '@countersign/contract';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { failBody } from '../fail-body.js';
import { METHODS } from '../refuse-methods.js';
import { isTargetKnown } from './request-target.js';

/** What the HTTP server must leave to {@link answerOddRequests}. */
export const ODD_REQUESTS_ARE_OURS = { requireHostHeader: false } as const;

/** Answers, in the envelope, requests that the HTTP server would refuse by itself, or take in a way of its own. */
export function answerOddRequests(app: FastifyInstance): void {
  // RFC 9110 §10.1.1: an expectation that is not known may be ignored.
  app.server.on('checkExpectation', (request, response) => app.server.emit('request', request, response));
  awaitBodiesLate(app);
  app.addHook('onRequest', ({ raw }, reply, done) => {
    // A request without body bytes has no media type, contract §1.5.
    if (raw.headers['content-type'] !== undefined && isWithoutBody(raw)) delete raw.headers['content-type'];
    const oddity = oddityOf(raw);
    if (oddity === undefined && raw.url === '*') reply.code(204).header('allow', METHODS.join(', ')).send();
    else done(oddity);
  });
  refuseEncodedBodies(app);
}

function refuseEncodedBodies(app: FastifyInstance): void {
  const refuse = (reply: FastifyReply) => {
    reply.header('accept-encoding', 'identity');
    return new PartnerError('unsupported_media_type', 'Content-Encoding is not supported; send the body as it is.');
  };
  app.addHook('onRequest', ({ raw }, reply, done) => {
    done(isEncoded(raw) && !isChunked(raw) ? refuse(reply) : undefined);
  });
  // A body in chunks is one only once its first byte has come.
  // biome-ignore lint/complexity/useMaxParams: a hook without a promise has all four, and every request passes here
  app.addHook('preParsing', ({ raw }, reply, _payload, done) => {
    if (isEncoded(raw)) raw.once('data', () => failBody(raw, refuse(reply)));
    done();
  });
}

// Who waits to be asked for the body, RFC 9110 §10.1.1, is asked when it is going to be read, and not when the request is
// refused by its head.
function awaitBodiesLate(app: FastifyInstance): void {
  app.server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
    const isKept = response.shouldKeepAlive;
    // After a refusal nobody knows whether the body still comes.
    response.shouldKeepAlive = false;
    request.once('resume', () => {
      if (response.headersSent) return;
      response.shouldKeepAlive = isKept;
      response.writeContinue();
    });
    app.server.emit('request', request, response);
  });
}

function oddityOf(request: IncomingMessage): PartnerError | undefined {
  if (request.headers.host === undefined && request.httpVersion === '1.1') {
    return new PartnerError('malformed_request', 'The Host header is required.');
  }
  if (!isTargetKnown(request)) return new PartnerError('malformed_request', 'The target of a request must be a path.');
  const twice = findHeaderSentTwice(request.rawHeaders);
  if (twice !== undefined) return new PartnerError('malformed_request', `The ${twice} header was sent twice.`);
  return undefined;
}

/** Headers of which Node.js passes on the first and drops the others, so that who reads the last is told something else. */
const SENT_ONCE: readonly string[] = ['Host', 'Authorization', 'Content-Type'];
const SENT_ONCE_BY_LENGTH = new Map(SENT_ONCE.map((name, index) => [name.length, { name, bit: 1 << index }]));

// Looks at lengths first, since this is done for every header of every request.
function findHeaderSentTwice(rawHeaders: readonly string[]): string | undefined {
  let seen = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const raw = rawHeaders[index] ?? '';
    const once = SENT_ONCE_BY_LENGTH.get(raw.length);
    if (once === undefined || raw.toLowerCase() !== once.name.toLowerCase()) continue;
    if ((seen & once.bit) !== 0) return once.name;
    seen |= once.bit;
  }
  return undefined;
}

/** Whether the head of a request says that no body comes. */
export function isWithoutBody(request: IncomingMessage): boolean {
  return !isChunked(request) && Number(request.headers['content-length'] ?? 0) === 0;
}

function isChunked({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined;
}

function isEncoded(request: IncomingMessage): boolean {
  const coding = request.headers['content-encoding'];
  return coding !== undefined && !/^(?:\s*|identity)$/i.test(coding) && !isWithoutBody(request);
}
