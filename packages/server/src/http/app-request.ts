import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { SigningApp } from '../partner/app-directory.js';
import { type AppAuthentication, authenticateApp, type RepeatRule } from '../partner/authenticate.js';
import type { Gate } from '../partner/gate.js';
import { acceptSignedRequests } from './signed-requests.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Set on routes that need the signature only, once the request is authenticated. */
    appAuthentication: AppAuthentication | null;
  }
  interface FastifyContextConfig {
    /** How a route that needs the signature only takes a repeated request; refused where it says nothing. */
    repeats?: RepeatRule;
  }
}

/** Makes every route of this scope need an app's signature and no token, contract §1.2. */
export function requireSignature(app: FastifyInstance, gate: Gate): void {
  app.decorateRequest('appAuthentication', null);
  acceptSignedRequests(app, gate, async (request, reply) => {
    const repeats = request.routeOptions.config.repeats ?? 'refused';
    request.appAuthentication = await authenticateApp(gate, { request, reply }, repeats);
  });
}

/** The app that signed a request. */
export function signingAppOf(request: FastifyRequest): SigningApp {
  if (request.appAuthentication === null) throw new Error('this route is not behind a signature');
  return request.appAuthentication.app;
}
