import { ERROR_CODES, type ErrorCode } from './error-codes.js';

/** One field at fault, as listed in `errors` of an answer, contract §2. */
export interface FieldError {
  /** Path as a person would write it: `contacts[1].email`. */
  readonly field: string;
  /** What is wrong, for programs: `required`, `invalid_type`, `too_long`, `invalid_email` … */
  readonly code: string;
  /** What is wrong, for people. */
  readonly message: string;
}

/** What an error answer may carry beside code and message. */
export interface PartnerErrorOptions {
  readonly details?: Readonly<Record<string, unknown>> | undefined;
  readonly errors?: readonly FieldError[] | undefined;
  /** The underlying fault; logged, never answered. */
  readonly cause?: unknown;
}

/** An expected refusal with a code of the API; the HTTP status follows from the code, contract §2. */
export class PartnerError extends Error {
  readonly code: ErrorCode;
  readonly details: Readonly<Record<string, unknown>> | undefined;
  readonly errors: readonly FieldError[] | undefined;

  constructor(code: ErrorCode, message?: string, options: PartnerErrorOptions = {}) {
    super(message ?? ERROR_CODES[code].message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'PartnerError';
    this.code = code;
    this.details = options.details;
    this.errors = options.errors;
  }

  /** HTTP status of the answer. */
  get status(): number {
    return ERROR_CODES[this.code].status;
  }
}
