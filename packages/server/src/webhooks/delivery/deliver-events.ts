import type { SecretBox } from '../../identity/apps/secret-box.js';
import type { Storage } from '../../storage/storage.js';
import type { DeliveryNotice } from '../attempt/delivery-report.js';
import { createDeliverySender } from '../attempt/send-delivery.js';
import type { CallbackPolicy } from '../subscriptions/callback-host.js';
import { DeliveryEngine } from './delivery-engine.js';
import type { RetrySchedule } from './retry-schedule.js';

/** What delivering needs. */
export interface DeliverOptions {
  readonly storage: Storage;
  readonly box: SecretBox;
  readonly policy: CallbackPolicy;
  readonly schedule: RetrySchedule;
  onNotice(notice: DeliveryNotice): void;
}

/** Delivers in this very thread until it is stopped, in a process that does nothing else. */
export function deliverEvents({ storage, box, policy, schedule, onNotice }: DeliverOptions): DeliveryEngine {
  const engine = new DeliveryEngine({
    storage,
    requestsWaiting: () => 0,
    sender: createDeliverySender({ policy }),
    box,
    schedule,
    onReport: () => undefined,
    onNotice,
  });
  engine.start();
  return engine;
}
