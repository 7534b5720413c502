import { PartnerError } from '@countersign/contract';
import { errorStack } from '../../error-stack.js';
import { errorOfRefusal, type Refusal, refusalOf } from '../../refusal.js';
import { describeStorageFault } from './storage-fault.js';

/** An error of a storage thread as it crosses to the main thread: a refusal, or an unexpected fault. */
export interface ThreadFailure {
  readonly refusal: Refusal | undefined;
  readonly message: string;
  /** For the log. */
  readonly stack: string | undefined;
}

/** An error as plain values; a fault of file or disk becomes the refusal `unavailable`. */
export function failureFromError(error: unknown): ThreadFailure {
  if (error instanceof PartnerError) {
    const { message, cause } = error;
    return { refusal: refusalOf(error), message, stack: cause instanceof Error ? errorStack(cause) : undefined };
  }
  const isFault = describeStorageFault(error) !== undefined;
  return {
    refusal: isFault ? refusalOf(new PartnerError('unavailable')) : undefined,
    message: error instanceof Error ? error.message : 'unknown error',
    stack: error instanceof Error ? errorStack(error) : undefined,
  };
}

/** The error that a failure stands for: a PartnerError, or an Error that becomes `internal_error`. */
export function errorFromFailure({ refusal, message, stack }: ThreadFailure): Error {
  return refusal === undefined ? new Error(message, { cause: stack }) : errorOfRefusal(refusal, stack);
}
