import { setTimeout as wait } from 'node:timers/promises';
import { currentTime } from '../../clock.js';
import { readRetryAfterMs } from './retry-after.js';
import type { AttemptResult, DeliverySender } from './send-delivery.js';
import { faultOfStatus } from './send-delivery.js';

/** What tests have happen to an attempt, contract §10: one of these. */
export interface SendingFault {
  /** Taken for the receiver's answer, which is sent nothing. */
  readonly answer?: { readonly status: number; readonly headers: Readonly<Record<string, string>> };
  readonly delayMs?: number;
  /** Cuts the connection before anything is sent, or before the receiver's answer comes. */
  readonly cut?: 'before' | 'after-commit';
}

/** A sender that asks before each attempt what tests have happen to it. */
export function faultySender(
  sender: DeliverySender,
  ask: (callbackUrl: string) => Promise<SendingFault | undefined>,
): DeliverySender {
  return {
    async send(delivery) {
      const { answer, delayMs, cut } = (await ask(delivery.callbackUrl)) ?? {};
      if (answer !== undefined) return answered(answer);
      if (delayMs !== undefined) await wait(delayMs, undefined, delivery.signal ? { signal: delivery.signal } : {});
      if (cut !== 'before') {
        const result = await sender.send(delivery);
        if (cut === undefined) return result;
      }
      return CUT;
    },
    close: () => sender.close(),
  };
}

const CUT: AttemptResult = {
  statusCode: undefined,
  durationMs: 0,
  fault: 'connection_closed',
  answerStart: '',
  retryAfterMs: undefined,
};

function answered({ status, headers }: NonNullable<SendingFault['answer']>): AttemptResult {
  const fault = faultOfStatus(status);
  const retryAfterMs = fault && readRetryAfterMs(headers['retry-after'], currentTime());
  return { statusCode: status, durationMs: 0, fault, answerStart: '', retryAfterMs };
}
