import type { FastifyInstance, FastifyRequest } from 'fastify';
import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Storage } from '../storage/storage.js';

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Counts every request by method, route and status, and serves `GET /metrics` for Prometheus. */
export function measureRequests(app: FastifyInstance, storage: Storage): void {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  addStorageGauges(registry, storage);
  const duration = new Histogram({
    name: 'countersign_request_duration_seconds',
    help: 'Time from the first byte of a request to the end of its answer',
    labelNames: ['method', 'route', 'status'] as const,
    buckets: SECONDS,
    registers: [registry],
  });
  const series = new Map<string, { observe(seconds: number): void }>();
  app.addHook('onResponse', async (request, reply) => {
    const route = routeOf(request);
    const key = `${request.method} ${route} ${reply.statusCode}`;
    let child = series.get(key);
    if (child === undefined) {
      child = duration.labels(request.method, route, String(reply.statusCode));
      series.set(key, child);
    }
    child.observe(reply.elapsedTime / 1000);
  });
  app.get('/metrics', { schema: { hide: true } }, async (_request, reply) =>
    reply.type(registry.contentType).send(await registry.metrics()),
  );
}

/** The route's pattern: a path itself would hold ids and emails, and make a series each. */
export function routeOf(request: FastifyRequest): string {
  return request.routeOptions.url ?? 'none';
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
