/** One refusal the server can answer with: its HTTP status and the sentence used when nothing better is known. */
export interface ErrorCodeEntry {
  /** HTTP status of the answer. */
  readonly status: number;
  /** Default `message`, a whole sentence for a person. */
  readonly message: string;
}

/**
 * Every error code of the API with its HTTP status, contract §2.
 *
 * The server's answers and the client's typed errors are both made from this table.
 */
export const ERROR_CODES = {
  validation_error: { status: 400, message: 'The request has invalid fields; see errors.' },
  invalid_json: { status: 400, message: 'The request body is not a JSON object.' },
  invalid_uuid: { status: 400, message: 'The id in the path is not a UUID.' },
  invalid_query: { status: 400, message: 'A query parameter is invalid; see errors.' },
  invalid_grant: { status: 400, message: 'The code or refresh token is not good, or not any more.' },
  malformed_request: { status: 400, message: 'The request is not valid HTTP.' },
  missing_credentials: {
    status: 401,
    message: 'The headers x-client-id, x-timestamp and x-signature are required.',
  },
  invalid_client: { status: 401, message: 'No active app has this x-client-id.' },
  invalid_signature: { status: 401, message: 'Invalid HMAC signature' },
  timestamp_out_of_range: {
    status: 401,
    message: 'x-timestamp is not within 300 seconds of the server clock.',
  },
  replayed_request: {
    status: 401,
    message:
      'This very request was carried out before, and nothing was changed now. To do it again, sign it anew with a new timestamp.',
  },
  missing_token: { status: 401, message: 'The Authorization header must be "Bearer <accessToken>".' },
  invalid_token: { status: 401, message: 'The access token is unknown or was revoked.' },
  token_expired: { status: 401, message: 'The access token expired' },
  insufficient_scope: { status: 403, message: 'The access token does not allow this.' },
  client_mismatch: { status: 403, message: 'The access token belongs to another app than the one that signed.' },
  customer_not_found: { status: 404, message: 'Customer not found' },
  version_not_found: { status: 404, message: 'The customer has no such version to show.' },
  contact_not_found: { status: 404, message: 'Contact not found' },
  import_not_found: { status: 404, message: 'Import not found' },
  webhook_not_found: { status: 404, message: 'Webhook not found' },
  route_not_found: { status: 404, message: 'There is no such route.' },
  method_not_allowed: { status: 405, message: 'This route does not have that method; see the Allow header.' },
  request_timeout: { status: 408, message: 'The request took too long to arrive.' },
  email_already_exists: { status: 409, message: 'A customer with this email already exists' },
  external_id_already_exists: { status: 409, message: 'A customer with this externalId already exists' },
  import_finished: { status: 409, message: 'The import is finished and takes no more writes.' },
  idempotency_key_in_use: { status: 409, message: 'A request with this Idempotency-Key is still running.' },
  version_mismatch: { status: 412, message: 'The customer has changed since the version in If-Match.' },
  payload_too_large: { status: 413, message: 'The request body is too large.' },
  unsupported_media_type: { status: 415, message: 'The request body must be application/json in UTF-8.' },
  idempotency_key_reused: {
    status: 422,
    message: 'This Idempotency-Key was used with a different request.',
  },
  rate_limit_exceeded: { status: 429, message: 'Rate limit exceeded. Wait for the time in Retry-After.' },
  headers_too_large: { status: 431, message: 'The request headers are too large.' },
  internal_error: { status: 500, message: 'Something went wrong on our side.' },
  unavailable: { status: 503, message: 'The service cannot store or read records right now. Try again soon.' },
} as const satisfies Record<string, ErrorCodeEntry>;

/** A machine-readable error code of the API, contract §2. */
export type ErrorCode = keyof typeof ERROR_CODES;

/** Whether a text is one of the API's error codes. */
export function isErrorCode(text: string): text is ErrorCode {
  return Object.hasOwn(ERROR_CODES, text);
}

/** The HTTP status an error code is answered with. */
export function statusOfErrorCode(code: ErrorCode): number {
  return ERROR_CODES[code].status;
}
