import { PartnerError } from '@countersign/contract';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Exchange } from '../../http/exchange.js';
import { originOf } from '../../http/origin.js';
import { signedBy, signingAppOf } from '../../partner-api/app-request.js';
import { jsonBodyOf } from '../../partner-api/partner-request.js';
import { successAnswer } from '../../partner-api/write/answer.js';
import { sendAnswer } from '../../partner-api/write/send-answer.js';
import { authorizationParameters } from '../consent/authorization-request.js';
import type { OAuthParts } from '../oauth-parts.js';
import type { GrantedTokens } from '../tokens/grant-model.js';
import type { TokenParameters } from '../tokens/grant-tokens.js';
import { type AskingClient, endToken, requestTokens } from '../tokens/request-tokens.js';
import { parseInitiate } from './initiate-request.js';
import { oauthDocs } from './oauth-docs.js';
import { parseExchange, parseRefresh, parseRevocation } from './token-request.js';

/** `GET /auth2/authorize-initiate`, in both spellings, contract §4. Unsigned. */
export function initiateRoutes(app: FastifyInstance, { storage, publicUrl }: OAuthParts): void {
  for (const url of ['/auth2/authorize-initiate', '/auth2/authorize-intiate']) {
    app.get<{ Querystring: Record<string, unknown> }>(
      url,
      { schema: oauthDocs.initiate(url) },
      async (request, reply) => {
        const asked = await parseInitiate(storage, request.query);
        const page = new URL('/auth2/authorize', publicUrl());
        page.search = new URLSearchParams(authorizationParameters(asked)).toString();
        reply.header('cache-control', 'no-store');
        return sendAnswer(
          reply,
          successAnswer(200, {
            message: 'Send the person to redirectUri to sign in',
            json: JSON.stringify({ redirectUri: page.href }),
          }),
        );
      },
    );
  }
}

/** Exchange, refresh and revocation of tokens, contract §4. Mounted behind a signature, without a token. */
export function tokenRoutes(app: FastifyInstance, parts: OAuthParts): void {
  app.post('/grant-access-token', { schema: oauthDocs.exchange }, (request, reply) =>
    grant(parts, { request, reply }, parseExchange(jsonBodyOf(request), signingAppOf(request))),
  );
  app.post('/refresh-user-access-token', { schema: oauthDocs.refresh }, (request, reply) =>
    grant(parts, { request, reply }, parseRefresh(jsonBodyOf(request), signingAppOf(request))),
  );
  app.post('/revoke-token', { schema: oauthDocs.revoke }, async (request, reply) => {
    const token = parseRevocation(jsonBodyOf(request));
    await endToken(parts, askingClient(request), token);
    return sendAnswer(reply, successAnswer(200, { message: 'Token revoked successfully', json: '{"revoked":true}' }));
  });
}

async function grant(
  parts: OAuthParts,
  { request, reply }: Exchange,
  parameters: TokenParameters,
): Promise<FastifyReply> {
  const outcome = await requestTokens(parts, askingClient(request), parameters);
  if ('refusal' in outcome) throw new PartnerError('invalid_grant', outcome.refusal.description);
  const json = JSON.stringify({ result: tokenResult(outcome.tokens) });
  return sendAnswer(reply, successAnswer(200, { message: 'Access token granted successfully', json }));
}

function askingClient(request: FastifyRequest): AskingClient {
  const { app, mark } = signedBy(request);
  return { app, mark, origin: originOf(request) };
}

function tokenResult(tokens: GrantedTokens) {
  return {
    accessToken: tokens.accessToken,
    refreshToken: tokens.refreshToken,
    accessTokenExpiresAt: new Date(tokens.accessTokenExpiresAt).toISOString(),
    refreshTokenExpiresAt: new Date(tokens.refreshTokenExpiresAt).toISOString(),
    workspaceId: tokens.team.uuid,
    workspaceName: tokens.team.name,
  };
}
