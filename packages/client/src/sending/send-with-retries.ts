import type { Answer } from '../answer.js';
import type { ClientSettings } from '../client-settings.js';
import { CountersignError } from '../countersign-error.js';
import { type AttemptOutcome, retryDelayMs } from './retry-delay.js';
import { type OutgoingRequest, sendOnce } from './send-once.js';

/**
 * Sends a request until its outcome is final or the retries are used up, signing each attempt anew.
 *
 * Safe for a mutation only when it carries an `Idempotency-Key`, contract §1.4.
 *
 * @throws like {@link sendOnce}, for the last attempt
 */
export async function sendWithRetries(settings: ClientSettings, request: OutgoingRequest): Promise<Answer> {
  for (let attempt = 0; ; attempt += 1) {
    const outcome = await attemptOnce(settings, request);
    const delayMs = attempt < settings.retries ? retryDelayMs(outcome, attempt, settings.now()) : undefined;
    if (delayMs === undefined) {
      if ('fault' in outcome) throw outcome.fault;
      return outcome.answer;
    }
    await settings.wait(delayMs, request.signal);
  }
}

async function attemptOnce(settings: ClientSettings, request: OutgoingRequest): Promise<AttemptOutcome> {
  try {
    return { answer: await sendOnce(settings, request) };
  } catch (error) {
    if (error instanceof CountersignError) return { fault: error };
    throw error;
  }
}
