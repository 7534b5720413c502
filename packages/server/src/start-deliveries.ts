import type { Logger } from 'pino';
import type { DeliveryMeter } from './operations/delivery-meter.js';
import type { Settings } from './settings.js';
import type { Storage } from './storage/storage.js';
import { DeliveryHost, type DeliveryHostParts } from './webhooks/delivery/delivery-host.js';

const ENTRY = new URL('./delivery-thread.js', import.meta.url);

/** What deliveries need from the server. */
export interface DeliveryOptions {
  readonly settings: Settings;
  readonly masterKey: Buffer;
  readonly storage: Storage;
  /** Writes of requests that wait for the storage, on the average of late. */
  requestsWaiting(): number;
  readonly meter: DeliveryMeter;
  readonly log: Logger;
  /** What tests have happen to a delivery; undefined where they have no say. */
  readonly onSending?: DeliveryHostParts['onSending'];
}

/** Starts the thread that delivers webhooks; undefined where another process does. */
export function startDeliveries({
  settings,
  masterKey,
  storage,
  requestsWaiting,
  meter,
  log,
  onSending,
}: DeliveryOptions): DeliveryHost | undefined {
  const { webhooks } = settings;
  if (!webhooks.deliversHere) return undefined;
  return new DeliveryHost({
    entry: ENTRY,
    data: {
      masterKey,
      policy: { allowPrivate: webhooks.allowPrivate },
      schedule: webhooks.retryMs,
      asksBefore: onSending !== undefined,
    },
    onSending,
    storage,
    requestsWaiting,
    onReport: (report) => meter.observe(report),
    onNotice: ({ level, message, fields }) => log[level](fields, message),
  });
}
