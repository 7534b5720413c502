import { describeRoute, type RouteDescription } from '../../docs/describe-route.js';
import { exampleFieldErrors, exampleSuccess } from '../../docs/examples.js';

const text = (description: string) => ({ type: 'string', description });

const envelope = (data: object) => ({
  type: 'object',
  required: ['status', 'message', 'data'],
  properties: { status: { type: 'string', enum: ['success'] }, message: { type: 'string' }, data },
});

const exampleTokens = {
  accessToken: 'example-access-token',
  refreshToken: 'example-refresh-token',
  accessTokenExpiresAt: '2026-03-14T10:26:53.589Z',
  refreshTokenExpiresAt: '2026-04-13T09:26:53.589Z',
  workspaceId: '4f3f7a52-3a1e-4c0e-9d0f-6f4a1be2c7d8',
  workspaceName: 'Acme Trading',
};

const TokensSchema = envelope({
  type: 'object',
  required: ['result'],
  properties: {
    result: {
      type: 'object',
      required: Object.keys(exampleTokens),
      properties: {
        accessToken: text('For `Authorization: Bearer`; lives one hour'),
        refreshToken: text('For the next pair; lives 30 days'),
        accessTokenExpiresAt: { type: 'string', format: 'date-time' },
        refreshTokenExpiresAt: { type: 'string', format: 'date-time' },
        workspaceId: { type: 'string', format: 'uuid', description: 'UUID of the team' },
        workspaceName: text('Name of the team'),
      },
    },
  },
});

const tokens = {
  tag: 'Authorization',
  access: 'signature',
  success: {
    status: 200,
    description: 'A pair of tokens',
    schema: TokensSchema,
    examples: { Tokens: exampleSuccess('Access token granted successfully', { result: exampleTokens }) },
  },
  errors: ['validation_error', 'invalid_grant', 'replayed_request'],
  errorExamples: exampleFieldErrors({
    field: 'grantType',
    code: 'required',
    message: 'grantType is required.',
  }),
} as const satisfies Partial<RouteDescription>;

const grantType = (value: string) => ({ type: 'string', enum: [value], description: 'Also taken as `grant_type`' });

const initiate: RouteDescription = {
  tag: 'Authorization',
  summary: 'Begin authorization',
  description: [
    'Answers with the address of the page where a person signs in, picks a team and allows the app. Send them there; they',
    'come back to `redirectUri?code=…&state=…`, or `?error=access_denied&error_description=…&state=…`. Pages of any origin may',
    'call this.',
    '',
    'Without PKCE (`codeChallenge`), a `state` is required: unguessable, bound to the person, and compared on return.',
  ].join('\n'),
  access: 'open',
  querystring: {
    type: 'object',
    required: ['clientId', 'redirectUri'],
    properties: {
      clientId: text('Client id of the app'),
      redirectUri: text('One of the registered redirect URIs, letter by letter; on a loopback host any port'),
      state: text('Given back as it is'),
      scope: text('What to ask for, space-separated; everything when left out'),
      codeChallenge: text('PKCE: base64url of the SHA-256 of the code verifier'),
      codeChallengeMethod: { type: 'string', enum: ['S256'] },
    },
  },
  success: {
    status: 200,
    description: 'Where to send the person',
    schema: envelope({
      type: 'object',
      required: ['redirectUri'],
      properties: { redirectUri: { type: 'string', format: 'uri' } },
    }),
    examples: {
      'Sign-in page': exampleSuccess('Send the person to redirectUri to sign in', {
        redirectUri: 'https://customers.example/auth2/authorize?response_type=code&client_id=app_5f0c…&state=k3Jd…',
      }),
    },
  },
  errors: ['invalid_query', 'invalid_client', 'unavailable', 'internal_error'],
  errorExamples: {
    invalid_query: {
      errors: [
        {
          field: 'redirectUri',
          code: 'unregistered_redirect_uri',
          message: 'redirectUri must be one of the registered redirect URIs of the app, letter by letter.',
        },
      ],
    },
    invalid_client: { message: 'No active app has this clientId.' },
  },
};

/** What the reference tells about the routes of authorization. */
export const oauthDocs = {
  initiate: (url: string) => (url.endsWith('intiate') ? { hide: true } : describeRoute(initiate)),
  exchange: describeRoute({
    ...tokens,
    summary: 'Exchange a code',
    description: [
      'Gives a pair of tokens for the code that came back with the person. A code lives five minutes and works once; a',
      'second use ends what it gave.',
      '',
      '`client_id`, `client_secret` and `state` are optional here; where they are sent, they have to match.',
    ].join('\n'),
    body: {
      type: 'object',
      required: ['grantType', 'code'],
      properties: {
        grantType: grantType('authorization_code'),
        code: text('The code that came back'),
        codeVerifier: text('PKCE: required where a challenge was sent; also taken as `code_verifier`'),
        state: text('The state that was sent'),
      },
    },
    bodyExamples: { Code: { grantType: 'authorization_code', code: 'example-code' } },
  }),
  refresh: describeRoute({
    ...tokens,
    summary: 'Refresh tokens',
    description: [
      'Gives a new pair for a refresh token. Keep the pair that came last. The old token stays good for a day after its',
      'first use, for other processes on the same login and for answers that were lost: used again it gives one more pair,',
      'and every pair works. Of more than ten at once the oldest ends. After that day it is `invalid_grant`, and nothing',
      'else ends, unless the operator of the server set it otherwise.',
    ].join('\n'),
    body: {
      type: 'object',
      required: ['grantType', 'refreshToken'],
      properties: {
        grantType: grantType('refresh_token'),
        refreshToken: text('Also taken as `refresh_token`'),
      },
    },
    bodyExamples: { 'Refresh token': { grantType: 'refresh_token', refreshToken: exampleTokens.refreshToken } },
  }),
  revoke: describeRoute({
    tag: 'Authorization',
    summary: 'Revoke a token',
    description:
      'Ends a token with its whole family, at once, and with it what webhooks tell under it. A token that is not known is no error (RFC 7009).',
    access: 'signature',
    body: {
      type: 'object',
      required: ['token'],
      properties: { token: text('An access or a refresh token; also taken as `refreshToken` or `accessToken`') },
    },
    bodyExamples: { Token: { token: exampleTokens.refreshToken } },
    success: {
      status: 200,
      description: 'It does not work any more',
      schema: envelope({
        type: 'object',
        required: ['revoked'],
        properties: { revoked: { type: 'boolean', enum: [true] } },
      }),
      examples: { Revoked: exampleSuccess('Token revoked successfully', { revoked: true }) },
    },
    errors: ['validation_error'],
    errorExamples: exampleFieldErrors({ field: 'token', code: 'required', message: 'token is required.' }),
  }),
};
