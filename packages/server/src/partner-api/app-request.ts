import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { SigningApp } from './app-directory.js';
import { type AppAuthentication, authenticateApp } from './authenticate.js';
import type { Gate } from './gate.js';
import { acceptSignedRequests } from './signed-requests.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Set on routes that need the signature only, once the request is authenticated. */
    appAuthentication: AppAuthentication | null;
  }
}

/** Makes every route of this scope need an app's signature and no token, contract §1.2. */
export function requireSignature(app: FastifyInstance, gate: Gate): void {
  app.decorateRequest('appAuthentication', null);
  acceptSignedRequests(app, gate, async (request, reply) => {
    request.appAuthentication = await authenticateApp(gate, { request, reply });
  });
}

/** What the signature of a request told. */
export function signedBy(request: FastifyRequest): AppAuthentication {
  if (request.appAuthentication === null) throw new Error('this route is not behind a signature');
  return request.appAuthentication;
}

/** The app that signed a request. */
export function signingAppOf(request: FastifyRequest): SigningApp {
  return signedBy(request).app;
}
