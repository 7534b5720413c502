import type { Answer } from '../answer.js';
import type { CountersignError } from '../countersign-error.js';
import { errorCodeOf } from './read-error.js';
import { retryAfterSeconds } from './retry-after-seconds.js';

const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 8_000;
const LONGEST_RETRY_AFTER_SECONDS = 60;
const RETRIED_STATUSES = new Set([429, 502, 503, 504]);

/** How one attempt ended: with an answer, or without one. */
export type AttemptOutcome = { readonly answer: Answer } | { readonly fault: CountersignError };

/**
 * Milliseconds to wait before the next attempt, or undefined when this outcome is final.
 *
 * Final are all outcomes but network faults, timeouts, 429, 502, 503, 504 and 409 `idempotency_key_in_use`; also those
 * whose `Retry-After` is above 60 s. Without `Retry-After` the wait doubles from 0.5 s up to 8 s, with jitter.
 *
 * @param attempt 0 for the first
 */
export function retryDelayMs(outcome: AttemptOutcome, attempt: number, nowMs: number): number | undefined {
  if ('fault' in outcome) return isLostRequest(outcome.fault) ? backoffMs(attempt) : undefined;
  if (!isPassing(outcome.answer)) return undefined;
  const askedSeconds = retryAfterSeconds(outcome.answer.headers, nowMs);
  if (askedSeconds === undefined) return backoffMs(attempt);
  // Coming back earlier than asked would only be refused again.
  return askedSeconds > LONGEST_RETRY_AFTER_SECONDS ? undefined : askedSeconds * 1_000;
}

function isLostRequest(fault: CountersignError): boolean {
  return fault.code === 'network_error' || fault.code === 'timeout';
}

function isPassing(answer: Answer): boolean {
  if (RETRIED_STATUSES.has(answer.status)) return true;
  return answer.status === 409 && errorCodeOf(answer) === 'idempotency_key_in_use';
}

function backoffMs(attempt: number): number {
  const fullMs = Math.min(FIRST_DELAY_MS * 2 ** attempt, LONGEST_DELAY_MS);
  return fullMs * (0.5 + Math.random() / 2);
}
