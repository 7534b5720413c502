import { PartnerError } from '@countersign/contract';
import type { FastifyInstance, HTTPMethods } from 'fastify';

/** Methods that some route may answer. */
export const METHODS: readonly HTTPMethods[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

/** Answers 405 with `Allow` on every route that exists with another method, contract §2. Call before the routes. */
export function refuseOtherMethods(app: FastifyInstance): () => void {
  const methodsByUrl = new Map<string, Set<string>>();
  app.addHook('onRoute', ({ url, method }) => {
    const methods = methodsByUrl.get(url) ?? new Set();
    for (const name of Array.isArray(method) ? method : [method]) methods.add(name);
    methodsByUrl.set(url, methods);
  });
  return () => {
    for (const [url, methods] of [...methodsByUrl]) refuseOn(app, url, [...methods]);
  };
}

function refuseOn(app: FastifyInstance, url: string, allow: readonly string[]): void {
  const refused = METHODS.filter((method) => !allow.includes(method));
  if (url.includes('*') || refused.length === 0) return;
  app.route({
    method: refused,
    url,
    schema: { hide: true },
    // Refused before the body is read.
    onRequest: async () => {
      throw new PartnerError('method_not_allowed', `Allowed here: ${allow.join(', ')}.`, { details: { allow } });
    },
    handler: async () => undefined,
  });
}
