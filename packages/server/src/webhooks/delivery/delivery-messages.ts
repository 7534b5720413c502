import type { DeliveryNotice, DeliveryReport } from '../attempt/delivery-report.js';
import type { CallbackPolicy } from '../subscriptions/callback-host.js';
import type { RetrySchedule } from './retry-schedule.js';

/** What the thread that delivers is started with. */
export interface DeliveryThreadData {
  readonly masterKey: Uint8Array;
  readonly policy: CallbackPolicy;
  readonly schedule: RetrySchedule;
}

/** From the thread that delivers to the main thread. */
export type FromDeliveries =
  | { readonly type: 'run'; readonly id: number; readonly command: string; readonly input: unknown }
  | { readonly type: 'report'; readonly report: DeliveryReport }
  | { readonly type: 'notice'; readonly notice: DeliveryNotice };

/** From the main thread to the thread that delivers. */
export type ToDeliveries =
  | { readonly type: 'done'; readonly id: number; readonly output: unknown; readonly requestsWaiting: number }
  | { readonly type: 'failed'; readonly id: number; readonly reason: string }
  | { readonly type: 'wake' }
  | { readonly type: 'stop'; readonly withinMs: number };
