import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { Reader } from '../storage/storage.js';
import type { DeliveryReport } from '../webhooks/attempt/delivery-report.js';
import { countWaiting, MOST_COUNTED } from '../webhooks/outbox/waiting-store.js';

const DELAYS_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 3_600];

/** Measures deliveries, for Prometheus. */
export class DeliveryMeter {
  readonly #reader: Reader;
  readonly #attempts = new Counter({
    name: 'countersign_webhook_attempts',
    help: 'Attempts to deliver that have ended, since the start',
    registers: [],
  });
  readonly #delivered = new Counter({
    name: 'countersign_webhook_delivered',
    help: 'Deliveries that arrived since the start',
    registers: [],
  });
  readonly #failed = new Counter({
    name: 'countersign_webhook_failed',
    help: 'Deliveries that were given up since the start',
    registers: [],
  });
  readonly #delay = new Histogram({
    name: 'countersign_webhook_delay_seconds',
    help: 'Time from a change to its arrival, where the first attempt succeeded',
    buckets: DELAYS_SECONDS,
    registers: [],
  });

  /** @param reader tells how much waits, when the metrics are read */
  constructor(reader: Reader) {
    this.#reader = reader;
  }

  /** Takes what a worker tells. */
  observe({ attempts, delivered, failed, delaysMs }: DeliveryReport): void {
    this.#attempts.inc(attempts);
    this.#delivered.inc(delivered);
    this.#failed.inc(failed);
    for (const delayMs of delaysMs) this.#delay.observe(delayMs / 1000);
  }

  /** Puts its series among others. */
  register(registry: Registry): void {
    for (const metric of [this.#attempts, this.#delivered, this.#failed, this.#delay]) registry.registerMetric(metric);
    const waiting = (name: string, help: string, key: 'events' | 'deliveries') => {
      const gauge: Gauge = new Gauge({
        name,
        help: `${help}, up to ${MOST_COUNTED}`,
        registers: [],
        // Read from the database that all workers share: their sum would be a multiple.
        aggregator: 'max',
        collect: async () => {
          gauge.set((await countWaiting(this.#reader))[key]);
        },
      });
      registry.registerMetric(gauge);
    };
    waiting('countersign_webhook_events_waiting', 'Events that are not yet deliveries', 'events');
    waiting('countersign_webhook_pending', 'Deliveries that have not arrived and were not given up', 'deliveries');
  }
}
