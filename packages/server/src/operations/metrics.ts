import { AggregatorRegistry, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Storage } from '../storage/storage.js';

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Takes the durations of one route's answers, in seconds, by status. */
export type RouteTimer = (status: number, seconds: number) => void;

/** What is measured, for Prometheus. */
export interface Metrics {
  readonly contentType: string;
  /** Where others put what they measure. */
  readonly registry: Registry;
  /** A timer for one method and route pattern. A path itself would hold ids and emails, and make a series each. */
  timeRoute(method: string, route: string): RouteTimer;
  /** The text that Prometheus reads. */
  print(): Promise<string>;
}

/** What metrics are taken of. */
export interface MetricsParts {
  readonly storage: Storage;
  /** The text for all workers together; undefined where this process is the only one. */
  readonly gatherMetrics: (() => Promise<string>) | undefined;
}

/** Metrics of the process, the storage and the requests. */
export function newMetrics({ storage, gatherMetrics }: MetricsParts): Metrics {
  const registry = new Registry();
  if (gatherMetrics !== undefined) AggregatorRegistry.setRegistries(registry);
  collectDefaultMetrics({ register: registry });
  addStorageGauges(registry, storage);
  const duration = new Histogram({
    name: 'countersign_request_duration_seconds',
    help: 'Time from the first byte of a request to the end of its answer',
    labelNames: ['method', 'route', 'status'] as const,
    buckets: SECONDS,
    registers: [registry],
  });
  return {
    contentType: registry.contentType,
    registry,
    timeRoute: (method, route) => {
      const byStatus = new Map<number, { observe(seconds: number): void }>();
      return (status, seconds) => {
        let series = byStatus.get(status);
        if (series === undefined) {
          series = duration.labels(method, route, String(status));
          byStatus.set(status, series);
        }
        series.observe(seconds);
      };
    },
    print: gatherMetrics ?? (() => registry.metrics()),
  };
}

function addStorageGauges(registry: Registry, storage: Storage): void {
  const gauge = (name: string, help: string, read: () => number) =>
    new Gauge({
      name,
      help,
      registers: [registry],
      collect() {
        this.set(read());
      },
    });
  gauge('countersign_writes_waiting', 'Writes handed in and not yet committed', () => storage.gauges().writesWaiting);
  gauge('countersign_commits', 'Commits since the start', () => storage.gauges().commits);
  gauge('countersign_writes', 'Writes answered since the start', () => storage.gauges().writes);
}
