import { PartnerError } from '@countersign/contract';
import { describeStorageFault } from './storage-fault.js';
import type { ThreadFailure } from './writer/thread-messages.js';

/** An error as plain values, to cross a thread boundary; faults of file or disk become `unavailable`. */
export function failureFromError(error: unknown): ThreadFailure {
  if (error instanceof PartnerError) {
    const { code, message, details, errors } = error;
    return { code, message, details, errors, stack: stackOf(error.cause) };
  }
  const isFault = describeStorageFault(error) !== undefined;
  return {
    code: isFault ? 'unavailable' : undefined,
    message: error instanceof Error ? error.message : 'unknown error',
    details: undefined,
    errors: undefined,
    stack: stackOf(error),
  };
}

/** The error that a failure stands for: a PartnerError, or an Error that becomes `internal_error`. */
export function errorFromFailure(failure: ThreadFailure): Error {
  const cause = failure.stack;
  if (failure.code === 'unavailable') return new PartnerError('unavailable', undefined, { cause });
  if (failure.code === undefined) return new Error(failure.message, { cause });
  return new PartnerError(failure.code, failure.message, {
    ...(failure.details === undefined ? {} : { details: failure.details }),
    ...(failure.errors === undefined ? {} : { errors: failure.errors }),
    ...(cause === undefined ? {} : { cause }),
  });
}

function stackOf(error: unknown): string | undefined {
  return error instanceof Error ? (error.stack ?? error.message) : undefined;
}
