import { type ErrorCode, statusOfErrorCode } from '@countersign/contract';
import { ErrorEnvelopeSchema } from '@countersign/contract/schemas';
import { withoutUndefined } from '../without-undefined.js';
import { type ErrorExamples, exampleError, missingScope } from './examples.js';

/** Groups of the reference, in the order a person looks for them. */
export const API_TAGS = {
  Customers: 'Create, find, list, change, delete and restore customers.',
  History: 'Who changed what and when, what a customer was, and back to it.',
  Privacy: 'Everything that is kept of a customer, and nothing left of one.',
  Merge: 'Several customers become one, and one comes back out of it.',
  Contacts: 'The contact persons of a customer, one by one.',
  Bulk: 'Up to 100 customers in one request, each row on its own or all or none.',
  Imports: 'A name for a batch of writes: what it came to, and all of it taken back.',
  'Create or update': 'One call for "make it or bring it up to date", by your own id or by email.',
  Duplicates: 'Customers that may be one: before you create, of one customer, and of the whole team.',
  Webhooks: 'Be told of every change: subscribe, try out, see what was sent, send again.',
  Authorization: 'Connect an app to a team: from the sign-in page to tokens, and back.',
  Health: 'Is the server alive, and can it store. No credentials needed.',
} as const;

/** A group of the reference. */
export type ApiTag = keyof typeof API_TAGS;

/** What a route asks of its caller: signature and access token, the signature alone, or nothing. */
export type RouteAccess = 'token' | 'signature' | 'open';

/** A successful answer of a route. */
export interface SuccessDescription {
  readonly status: number;
  readonly description: string;
  /** JSON Schema of the whole body, envelope included; left out for an answer without a body. */
  readonly schema?: object;
  /** Examples of bodies by media type, of an answer that is no JSON. */
  readonly media?: Readonly<Record<string, string>>;
  /** Whole bodies, as `exampleSuccess` makes them, by the words they are shown under. */
  readonly examples?: Readonly<Record<string, unknown>>;
  /** The answer carries a version that `If-Match` takes. */
  readonly hasETag?: boolean;
  /** The answer carries the address of what was created. */
  readonly hasLocation?: boolean;
}

/** All that the reference tells about a route. */
export interface RouteDescription {
  readonly tag: ApiTag;
  /** A few words; the operation's name is made of it. */
  readonly summary: string;
  /** Markdown: what the summary and the schemas do not say. */
  readonly description?: string;
  /** `token` when left out. */
  readonly access?: RouteAccess;
  /** What the access token must allow: one scope, or all of several. */
  readonly scope?: string | readonly string[];
  readonly params?: object;
  readonly querystring?: object;
  /** JSON Schema of the body. */
  readonly body?: object;
  /** Bodies to start from, by the words they are offered under. */
  readonly bodyExamples?: Readonly<Record<string, unknown>>;
  readonly success: SuccessDescription | readonly SuccessDescription[];
  /** What this route refuses; the codes that follow from the other fields are added. */
  readonly errors?: readonly ErrorCode[];
  /** What the example of an error code says on this route, in place of what it says on all. */
  readonly errorExamples?: ErrorExamples;
  /** The route takes `Idempotency-Key`, contract §1.4. */
  readonly hasIdempotencyKey?: boolean;
  /** The route takes `If-Match`, contract §1.5. */
  readonly hasIfMatch?: boolean;
  /** The route takes `If-None-Match` and can answer 304, contract §1.5. */
  readonly hasIfNoneMatch?: boolean;
}

/** A description in the form that the framework and the document generator read from a route's `schema`. */
export interface RouteSchema {
  readonly tags: readonly ApiTag[];
  readonly summary: string;
  readonly description?: string;
  readonly security: readonly Record<string, readonly string[]>[];
  readonly params?: object;
  readonly querystring?: object;
  readonly headers?: object;
  readonly body?: object;
  readonly response: Readonly<Record<number, object>>;
}

/** Security schemes a request needs together, by kind of access. */
const SECURITY: Readonly<Record<RouteAccess, RouteSchema['security']>> = {
  token: [{ clientId: [], timestamp: [], signature: [], accessToken: [] }],
  signature: [{ clientId: [], timestamp: [], signature: [] }],
  open: [],
};

const SIGNATURE_ERRORS: readonly ErrorCode[] = [
  'missing_credentials',
  'invalid_client',
  'invalid_signature',
  'timestamp_out_of_range',
  'rate_limit_exceeded',
  'internal_error',
  'unavailable',
];

const ACCESS_ERRORS: Readonly<Record<RouteAccess, readonly ErrorCode[]>> = {
  token: [...SIGNATURE_ERRORS, 'missing_token', 'invalid_token', 'token_expired', 'client_mismatch'],
  signature: SIGNATURE_ERRORS,
  open: [],
};

const BODY_ERRORS: readonly ErrorCode[] = ['invalid_json', 'payload_too_large', 'unsupported_media_type'];
/** With `validation_error`, since the key itself can be at fault. */
const IDEMPOTENCY_ERRORS: readonly ErrorCode[] = [
  'validation_error',
  'replayed_request',
  'idempotency_key_in_use',
  'idempotency_key_reused',
];

const STATUS_TITLES: Readonly<Record<number, string>> = {
  400: 'The request breaks a rule',
  401: 'Signature or access token refused',
  403: 'Not allowed',
  404: 'Not found',
  409: 'Conflict',
  412: 'Changed meanwhile',
  413: 'Too large',
  415: 'Not JSON',
  422: 'Idempotency key used before',
  429: 'Too many requests',
  500: 'Our fault',
  503: 'Storage is not reachable',
};

const text = (description: string) => ({ type: 'string', description });

function listErrors(route: RouteDescription): ErrorCode[] {
  return [
    ...new Set([
      ...(route.errors ?? []),
      ...(route.querystring === undefined ? [] : (['invalid_query'] as const)),
      ...(route.body === undefined ? [] : BODY_ERRORS),
      ...ACCESS_ERRORS[route.access ?? 'token'],
      ...(route.scope === undefined ? [] : (['insufficient_scope'] as const)),
      ...(route.hasIdempotencyKey === true ? IDEMPOTENCY_ERRORS : []),
      ...(route.hasIfMatch === true ? (['version_mismatch'] as const) : []),
    ]),
  ];
}

function namedExamples(examples: Readonly<Record<string, unknown>>): object {
  return Object.fromEntries(Object.entries(examples).map(([summary, value]) => [summary, { summary, value }]));
}

function describeErrors(route: RouteDescription): Record<number, object> {
  const codes = listErrors(route);
  const [scope] = scopesOf(route);
  const particulars = { ...(scope === undefined ? {} : missingScope(scope)), ...route.errorExamples };
  const statuses = [...new Set(codes.map(statusOfErrorCode))].sort((a, b) => a - b);
  const describe = (status: number) => {
    const own = codes.filter((code) => statusOfErrorCode(code) === status);
    return {
      description: `${STATUS_TITLES[status] ?? 'Refused'}: ${own.map((code) => `\`${code}\``).join(', ')}`,
      ...(status === 429 || status === 503 ? { headers: { 'Retry-After': text('Seconds to wait') } } : {}),
      content: {
        'application/json': {
          schema: ErrorEnvelopeSchema,
          examples: namedExamples(Object.fromEntries(own.map((code) => [code, exampleError(code, particulars)]))),
        },
      },
    };
  };
  return Object.fromEntries(statuses.map((status) => [status, describe(status)]));
}

function describeSuccess(route: RouteDescription, success: SuccessDescription): object {
  const headers = {
    ...(success.hasETag === true ? { ETag: text('Version of the customer, for If-Match and If-None-Match') } : {}),
    ...(success.hasLocation === true ? { Location: text('Path of the new record') } : {}),
    ...(route.hasIdempotencyKey === true
      ? { 'Idempotency-Replayed': text('`true` when the answer is a kept one, given again') }
      : {}),
  };
  const { schema, examples } = success;
  const media = withoutUndefined({ schema, examples: examples === undefined ? undefined : namedExamples(examples) });
  return {
    description: success.description,
    ...(Object.keys(headers).length === 0 ? {} : { headers }),
    ...(success.media !== undefined && { content: describeMedia(success.media) }),
    ...(schema === undefined && success.media === undefined && { type: 'null' }),
    ...(schema !== undefined && { content: { 'application/json': media } }),
  };
}

function describeMedia(media: Readonly<Record<string, string>>): object {
  return Object.fromEntries(
    Object.entries(media).map(([type, example]) => [
      type,
      { schema: { type: 'string' }, examples: namedExamples({ Example: example }) },
    ]),
  );
}

function describeResponses(route: RouteDescription): Record<number, object> {
  const successes = 'status' in route.success ? [route.success] : route.success;
  return {
    ...Object.fromEntries(successes.map((success) => [success.status, describeSuccess(route, success)])),
    ...(route.hasIfNoneMatch === true ? { 304: { description: 'Not changed since that version', type: 'null' } } : {}),
    ...describeErrors(route),
  };
}

function describeHeaders(route: RouteDescription): object | undefined {
  const properties = {
    ...(route.hasIdempotencyKey === true
      ? {
          'Idempotency-Key': {
            ...text('1 to 255 visible ASCII characters, kept 24 hours: sent again, the first answer comes again'),
            minLength: 1,
            maxLength: 255,
          },
        }
      : {}),
    ...(route.hasIfMatch === true ? { 'If-Match': text('ETag the customer must still have') } : {}),
    ...(route.hasIfNoneMatch === true ? { 'If-None-Match': text('ETag you have; 304 when it is current') } : {}),
  };
  return Object.keys(properties).length === 0 ? undefined : { type: 'object', properties };
}

function describeBody(route: RouteDescription): object | undefined {
  if (route.body === undefined || route.bodyExamples === undefined) return route.body;
  return { ...route.body, 'x-examples': namedExamples(route.bodyExamples) };
}

function scopesOf({ scope }: RouteDescription): readonly string[] {
  return typeof scope === 'string' ? [scope] : (scope ?? []);
}

function scopeSentence(route: RouteDescription): string | undefined {
  const scopes = scopesOf(route).map((scope) => `\`${scope}\``);
  if (scopes.length === 0) return undefined;
  const needs = `${scopes.length === 1 ? 'Scope' : 'Scopes'} of the access token: ${scopes.join(' and ')}.`;
  return route.scope === 'customers:write' ? `${needs} ${BLIND_WRITE}` : needs;
}

/** Contract §4. */
const BLIND_WRITE =
  'Without `customers:read` beside it, `data` (and each row of a bulk call) has `uuid`, `version` and `outcome` in place of ' +
  'the record.';

/**
 * What the reference tells about a route, as the `schema` of a Fastify route.
 *
 * Documentation only: nothing here validates or serialises. The schemas are those of the contract, unchanged. Error
 * codes that every route of this kind has are added: signature, token and rate limit (by `access`), body, query,
 * `Idempotency-Key` and `If-Match`; each is documented with an example answer under its status.
 */
export function describeRoute(route: RouteDescription): RouteSchema {
  const headers = describeHeaders(route);
  const body = describeBody(route);
  const description = [route.description, scopeSentence(route)].filter((text) => text !== undefined).join('\n\n');
  return withoutUndefined({
    tags: [route.tag],
    summary: route.summary,
    description: description === '' ? undefined : description,
    security: SECURITY[route.access ?? 'token'],
    params: route.params,
    querystring: route.querystring,
    headers,
    body,
    response: describeResponses(route),
  });
}
