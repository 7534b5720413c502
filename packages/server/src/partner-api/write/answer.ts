import { type PartnerError, toldFaults } from '@countersign/contract';

/** An answer as plain values: its body is the exact text that is sent, and kept for an idempotent repeat. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** What it did, where it belongs to an import; this is not sent. */
  readonly imported?: ImportCounts;
}

/** What became of the rows of a write. */
export interface ImportCounts {
  readonly created: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly failed: number;
}

/** Bytes of entries beyond which an answer tells no more of them, or less, so that none is much larger, contract §2. */
export const MOST_ANSWER_BYTES = 1_000_000;

/** A success answer around data that is JSON already, contract §2. */
export function successAnswer(
  status: number,
  options: {
    readonly message: string;
    readonly json: string;
    readonly headers?: Readonly<Record<string, string>>;
    readonly imported?: ImportCounts | undefined;
  },
): Answer {
  return {
    status,
    ...(options.imported !== undefined && { imported: options.imported }),
    headers: options.headers ?? {},
    body: `{"status":"success","message":${JSON.stringify(options.message)},"data":${options.json}}`,
  };
}

/** Fields that clients in the field read beside the envelope, contract §2 and §1.3. */
function legacyFields(error: PartnerError): Record<string, string> {
  switch (error.code) {
    case 'missing_credentials':
      return { error: 'missing_credentials' };
    case 'invalid_signature':
      return { error: 'Invalid HMAC signature' };
    case 'missing_token':
    case 'invalid_token':
      return { error: 'invalid_token' };
    case 'token_expired':
      return { error: 'invalid_token', error_description: 'The access token expired' };
    case 'invalid_grant':
      return { error: 'invalid_grant' };
    case 'rate_limit_exceeded':
      return { type: 'RATE_LIMITED' };
    default:
      return {};
  }
}

const BEARER_CODES = new Set(['missing_token', 'invalid_token', 'token_expired']);

/** The error answer of a refusal, whose message names the fields at fault, contract §2. */
export function errorAnswer(error: PartnerError, requestId: string): Answer {
  const faults = toldFaults(error.errors);
  const body = {
    status: 'error',
    message: faults?.message ?? error.message,
    code: error.code,
    statusCode: error.status,
    ...legacyFields(error),
    details: error.details,
    errors: faults?.errors,
    requestId,
  };
  return { status: error.status, headers: errorHeaders(error), body: JSON.stringify(body) };
}

function errorHeaders(error: PartnerError): Record<string, string> {
  const headers: Record<string, string> = {};
  if (BEARER_CODES.has(error.code)) headers['www-authenticate'] = 'Bearer error="invalid_token"';
  if (error.code === 'insufficient_scope') headers['www-authenticate'] = 'Bearer error="insufficient_scope"';
  if (error.code === 'unavailable') headers['retry-after'] = '1';
  const retryAfter = error.details?.retryAfterSeconds;
  if (typeof retryAfter === 'number') headers['retry-after'] = String(retryAfter);
  const allow = error.details?.allow;
  if (Array.isArray(allow)) headers.allow = allow.join(', ');
  return headers;
}
