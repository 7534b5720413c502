import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { currentTime } from '../../clock.js';
import { acceptFormsOnly } from '../../http/form-bodies.js';
import { answerOAuthError, OAuthError } from '../../http/oauth-error.js';
import { originOf } from '../../http/origin.js';
import { authenticateClient } from '../../partner-api/authenticate-client.js';
import { ALL_SCOPES } from '../../partner-api/scope.js';
import { decodingErrors } from '../../validation/raw-query.js';
import type { OAuthParts } from '../oauth-parts.js';
import type { TokenParameters } from '../tokens/grant-tokens.js';
import { endToken, requestTokens } from '../tokens/request-tokens.js';

const GRANT_TYPES = ['authorization_code', 'refresh_token'];
const HIDDEN = { schema: { hide: true } };

/** `GET /.well-known/oauth-authorization-server`, RFC 8414. */
export function metadataRoutes(app: FastifyInstance, { publicUrl }: OAuthParts): void {
  app.get('/.well-known/oauth-authorization-server', HIDDEN, async (_request, reply) => {
    const issuer = publicUrl();
    const clientAuthentication = ['client_secret_basic', 'client_secret_post'];
    return reply.header('cache-control', 'max-age=3600').send({
      issuer,
      authorization_endpoint: `${issuer}/oauth/authorize`,
      token_endpoint: `${issuer}/oauth/token`,
      revocation_endpoint: `${issuer}/oauth/revoke`,
      scopes_supported: ALL_SCOPES,
      response_types_supported: ['code'],
      response_modes_supported: ['query'],
      grant_types_supported: GRANT_TYPES,
      token_endpoint_auth_methods_supported: clientAuthentication,
      revocation_endpoint_auth_methods_supported: clientAuthentication,
      code_challenge_methods_supported: ['S256'],
      authorization_response_iss_parameter_supported: true,
      service_documentation: `${issuer}/docs`,
    });
  });
}

/** `POST /oauth/token` and `POST /oauth/revoke` for standard clients, RFC 6749 and RFC 7009. */
export async function standardRoutes(app: FastifyInstance, parts: OAuthParts): Promise<void> {
  await acceptFormsOnly(app);
  app.setErrorHandler(answerOAuthError);
  app.addHook('onRequest', async (_request, reply) => {
    reply.headers({ 'cache-control': 'no-store', pragma: 'no-cache' });
  });
  app.post('/oauth/token', HIDDEN, async (request, reply) => grant(parts, request, reply));
  app.post('/oauth/revoke', HIDDEN, async (request, reply) => {
    const form = formOf(request);
    const app = await authenticateClient(parts.gate, { request, reply, form });
    if (form.token === undefined) throw new OAuthError('invalid_request', 'token is required.');
    await endToken(parts, { app, origin: originOf(request) }, form.token);
    return reply.code(200).send();
  });
}

async function grant(parts: OAuthParts, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const form = formOf(request);
  const app = await authenticateClient(parts.gate, { request, reply, form });
  const outcome = await requestTokens(parts, { app, origin: originOf(request) }, tokenParameters(form));
  if ('refusal' in outcome) throw new OAuthError(outcome.refusal.error, outcome.refusal.description);
  const { tokens } = outcome;
  return reply.send({
    access_token: tokens.accessToken,
    token_type: 'Bearer',
    expires_in: Math.round((tokens.accessTokenExpiresAt - currentTime()) / 1000),
    refresh_token: tokens.refreshToken,
    scope: tokens.scopes.join(' '),
    workspace_id: tokens.team.uuid,
    workspace_name: tokens.team.name,
  });
}

function tokenParameters(form: Form): TokenParameters {
  if (form.grant_type === undefined) throw new OAuthError('invalid_request', 'grant_type is required.');
  if (!GRANT_TYPES.includes(form.grant_type)) {
    throw new OAuthError('unsupported_grant_type', `grant_type must be one of: ${GRANT_TYPES.join(', ')}.`);
  }
  const { grant_type, code, redirect_uri, code_verifier, refresh_token, scope } = form;
  return { grant_type, code, redirect_uri, code_verifier, refresh_token, scope };
}

/** Fields of a form that were sent once and are not empty. */
export type Form = Readonly<Record<string, string | undefined>>;

// RFC 6749 §3.2: no parameter more than once.
function formOf({ body }: FastifyRequest): Form {
  if (typeof body !== 'object' || body === null) throw new OAuthError('invalid_request', 'The body must be a form.');
  const [undecoded] = decodingErrors(body);
  if (undecoded !== undefined) throw new OAuthError('invalid_request', undecoded.message);
  const form: Record<string, string> = {};
  for (const [name, value] of Object.entries(body)) {
    if (typeof value !== 'string') throw new OAuthError('invalid_request', `${name} was sent more than once.`);
    if (value !== '') form[name] = value;
  }
  return form;
}
