import type { DeliveryNotice, DeliveryReport } from '../attempt/delivery-report.js';
import type { SendingFault } from '../attempt/faulty-sender.js';
import type { CallbackPolicy } from '../subscriptions/callback-host.js';
import type { RetrySchedule } from './retry-schedule.js';

/** What the thread that delivers is started with. */
export interface DeliveryThreadData {
  readonly masterKey: Uint8Array;
  readonly policy: CallbackPolicy;
  readonly schedule: RetrySchedule;
  /** Whether it asks before each attempt what tests have happen to it. */
  readonly asksBefore: boolean;
}

/** A delivery as tests may have something happen to it. */
export interface AskedDelivery {
  readonly method: 'POST';
  /** The callback address. */
  readonly path: string;
  readonly clientId: undefined;
  readonly hasToken: false;
}

/** From the thread that delivers to the main thread. */
export type FromDeliveries =
  | { readonly type: 'run'; readonly id: number; readonly command: string; readonly input: unknown }
  | { readonly type: 'sending'; readonly id: number; readonly callbackUrl: string }
  | { readonly type: 'report'; readonly report: DeliveryReport }
  | { readonly type: 'notice'; readonly notice: DeliveryNotice };

/** From the main thread to the thread that delivers. */
export type ToDeliveries =
  | { readonly type: 'done'; readonly id: number; readonly output: unknown; readonly requestsWaiting: number }
  | { readonly type: 'failed'; readonly id: number; readonly reason: string }
  | { readonly type: 'fault'; readonly id: number; readonly fault: SendingFault | undefined }
  | { readonly type: 'wake' }
  | { readonly type: 'stop'; readonly withinMs: number };
