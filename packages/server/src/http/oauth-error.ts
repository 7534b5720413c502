import { PartnerError } from '@countersign/contract';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { reasonOf, refusalStatusOf } from './fault.js';

/** A refusal in the words of RFC 6749 §5.2. */
export class OAuthError extends Error {
  override readonly name = 'OAuthError';

  constructor(
    readonly error: string,
    description: string,
    readonly status = 400,
  ) {
    super(description);
  }
}

/** Answers every error of a standard endpoint as RFC 6749 §5.2 says; what is our fault is logged, and told to nobody. */
export function answerOAuthError(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const refusal = refusalOf(error);
  if (refusal.status >= 500) {
    request.log.error({ requestId: request.id, reason: reasonOf(error) }, 'token request failed');
  }
  if (refusal.error === 'invalid_client') reply.header('www-authenticate', 'Basic realm="countersign"');
  return reply
    .code(refusal.status)
    .type('application/json; charset=utf-8')
    .send({ error: refusal.error, error_description: refusal.message });
}

function refusalOf(error: unknown): OAuthError {
  if (error instanceof OAuthError) return error;
  if (error instanceof PartnerError) return partnerRefusal(error);
  const status = refusalStatusOf(error);
  if (status === undefined) return ourFault();
  return new OAuthError(
    'invalid_request',
    'The body must be application/x-www-form-urlencoded, and not large.',
    status,
  );
}

function partnerRefusal(error: PartnerError): OAuthError {
  if (error.status === 401) return new OAuthError('invalid_client', error.message, 401);
  if (error.status === 429 || error.status === 503) {
    return new OAuthError('temporarily_unavailable', error.message, error.status);
  }
  return error.status < 500 ? new OAuthError('invalid_request', error.message, error.status) : ourFault();
}

function ourFault(): OAuthError {
  return new OAuthError('server_error', 'Something went wrong on our side.', 500);
}
