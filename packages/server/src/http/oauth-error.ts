import { PartnerError } from '@countersign/contract';
import type { FastifyReply, FastifyRequest } from 'fastify';

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
    const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
    const reason = cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
    request.log.error({ requestId: request.id, reason }, 'token request failed');
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
  if (error instanceof Error && 'statusCode' in error && typeof error.statusCode === 'number') {
    const isRefusal = error.statusCode >= 400 && error.statusCode < 500;
    const rule = 'The body must be application/x-www-form-urlencoded, and not large.';
    if (isRefusal) return new OAuthError('invalid_request', rule, error.statusCode);
  }
  return new OAuthError('server_error', 'Something went wrong on our side.', 500);
}

function partnerRefusal(error: PartnerError): OAuthError {
  if (error.status === 401) return new OAuthError('invalid_client', error.message, 401);
  if (error.status === 429 || error.status === 503) {
    return new OAuthError('temporarily_unavailable', error.message, error.status);
  }
  return error.status < 500
    ? new OAuthError('invalid_request', error.message, error.status)
    : new OAuthError('server_error', 'Something went wrong on our side.', 500);
}
