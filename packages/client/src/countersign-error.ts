import type { ErrorCode, FieldError } from '@countersign/contract';

/**
 * Faults found by the client itself: the server could not be reached, took longer than `timeoutMs`, answered with
 * something that is not an envelope of the API, or nothing can be signed because WebCrypto is missing.
 */
export type ClientErrorCode = 'network_error' | 'timeout' | 'invalid_response' | 'crypto_unavailable';

/** Every code of contract §2, the client's own codes, and any text a newer server may send. */
export type CountersignErrorCode = ErrorCode | ClientErrorCode | (string & {});

/** What `details` holds, by error code, contract §2. */
export interface ErrorDetails {
  readonly email_already_exists: { readonly email: string; readonly existingCustomerUuid: string };
  readonly timestamp_out_of_range: { readonly serverTime: string | number; readonly skewSeconds: number };
}

/** `details` of one error code: known by name for those in {@link ErrorDetails}, open for all others. */
export type DetailsOf<C extends string> = C extends keyof ErrorDetails
  ? ErrorDetails[C]
  : Readonly<Record<string, unknown>> | undefined;

/** What an error knows beside code and message. */
export interface CountersignErrorOptions<C extends string> {
  readonly status?: number | undefined;
  readonly errors?: readonly FieldError[] | undefined;
  readonly details?: DetailsOf<C> | undefined;
  readonly requestId?: string | undefined;
  readonly retryAfterSeconds?: number | undefined;
  readonly cause?: unknown;
}

/**
 * A call that failed: refused by the server, not answered, or answered with something unreadable, contract §2.
 *
 * Neither message nor any property ever holds the client secret or the access token.
 */
export class CountersignError<C extends string = CountersignErrorCode> extends Error {
  /** For programs; compare with {@link hasErrorCode} to narrow `details` too. */
  readonly code: C;
  /** HTTP status of the answer; undefined when there was no answer. */
  readonly status: number | undefined;
  /** Every field at fault; empty unless the server named some. */
  readonly errors: readonly FieldError[];
  /** Facts that belong to the code, such as `existingCustomerUuid`. */
  readonly details: DetailsOf<C> | undefined;
  /** The id under which the server logged the request. */
  readonly requestId: string | undefined;
  /** Seconds to wait before another try, where the server said so. */
  readonly retryAfterSeconds: number | undefined;

  constructor(code: C, message: string, options: CountersignErrorOptions<C> = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'CountersignError';
    this.code = code;
    this.status = options.status;
    this.errors = options.errors ?? [];
    this.details = options.details;
    this.requestId = options.requestId;
    this.retryAfterSeconds = options.retryAfterSeconds;
  }
}

/**
 * Whether something caught is a {@link CountersignError} with this code; narrows `code` and `details`.
 *
 * @example if (hasErrorCode(error, 'email_already_exists')) console.log(error.details?.existingCustomerUuid);
 */
export function hasErrorCode<C extends ErrorCode | ClientErrorCode>(
  error: unknown,
  code: C,
): error is CountersignError<C> {
  return error instanceof CountersignError && error.code === code;
}
