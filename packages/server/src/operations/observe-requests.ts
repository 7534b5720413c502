import type { FastifyInstance, FastifyReply, FastifyRequest, onResponseHookHandler } from 'fastify';
import type { DeliveryMeter } from './delivery-meter.js';
import { type Metrics, type MetricsParts, newMetrics, type RouteTimer } from './metrics.js';

/** Name of the series and log lines of requests that met no route. */
const NO_ROUTE = 'none';

/**
 * Logs and times every request by its route's pattern, and serves `GET /metrics` for Prometheus. A log line has neither
 * secrets nor personal data, so no path and no query. Call before the routes are mounted.
 */
export function observeRequests(app: FastifyInstance, parts: MetricsParts, deliveries: DeliveryMeter): void {
  const metrics = newMetrics(parts);
  deliveries.register(metrics.registry);
  app.addHook('onRoute', (route) => {
    const observe = observer(metrics, route.url);
    const others = route.onResponse === undefined ? [] : [route.onResponse].flat();
    route.onResponse = [...others, observe];
  });
  const observeUnrouted = observer(metrics, NO_ROUTE);
  app.addHook('onResponse', function (request, reply, done) {
    if (request.is404) observeUnrouted.call(this, request, reply, done);
    else done();
  });
  app.get('/metrics', { schema: { hide: true } }, async (_request, reply) =>
    reply.type(metrics.contentType).send(await metrics.print()),
  );
}

function observer(metrics: Metrics, route: string): onResponseHookHandler {
  const timers = new Map<string, RouteTimer>();
  return (request, reply, done) => {
    let timer = timers.get(request.method);
    if (timer === undefined) {
      timer = metrics.timeRoute(request.method, route);
      timers.set(request.method, timer);
    }
    const durationMs = reply.elapsedTime;
    timer(reply.statusCode, durationMs / 1000);
    logRequest(request, reply, { route, durationMs });
    done();
  };
}

interface Observation {
  readonly route: string;
  readonly durationMs: number;
}

function logRequest(request: FastifyRequest, reply: FastifyReply, { route, durationMs }: Observation): void {
  const caller = request.authentication?.caller;
  request.log.info(
    {
      requestId: request.id,
      method: request.method,
      route,
      status: reply.statusCode,
      durationMs: Math.round(durationMs * 100) / 100,
      clientId: caller?.app.clientId ?? request.appAuthentication?.app.clientId,
      team: caller?.team.uuid,
    },
    'request',
  );
}
