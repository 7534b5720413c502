import type { Logger } from 'pino';
import type { DeliveryMeter } from './operations/delivery-meter.js';
import type { Settings } from './settings.js';
import type { Storage } from './storage/storage.js';
import { DeliveryHost } from './webhooks/delivery-host.js';

/** With so many requests that wait for their write, deliveries step back. */
const BUSY_REQUESTS = 8;

const ENTRY = new URL('./delivery-thread.js', import.meta.url);

/** What deliveries need from the server. */
export interface DeliveryOptions {
  readonly settings: Settings;
  readonly masterKey: Buffer;
  readonly storage: Storage;
  /** Requests that wait for their write. */
  requestsUnderWay(): number;
  readonly meter: DeliveryMeter;
  readonly log: Logger;
}

/** Starts the thread that delivers webhooks; undefined where another process does. */
export function startDeliveries({
  settings,
  masterKey,
  storage,
  requestsUnderWay,
  meter,
  log,
}: DeliveryOptions): DeliveryHost | undefined {
  const { webhooks } = settings;
  if (!webhooks.deliversHere) return undefined;
  return new DeliveryHost({
    entry: ENTRY,
    data: { masterKey, policy: { allowPrivate: webhooks.allowPrivate }, schedule: webhooks.retryMs },
    storage,
    isBusy: () => requestsUnderWay() >= BUSY_REQUESTS,
    onReport: (report) => meter.observe(report),
    onNotice: ({ level, message, fields }) => log[level](fields, message),
  });
}
