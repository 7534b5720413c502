import { PartnerError } from '@countersign/contract';
import type { FastifyRequest } from 'fastify';
import { currentTime } from '../clock.js';
import type { SigningApp } from './app-directory.js';
import type { Gate } from './gate.js';
import { isSignatureForm } from './signature/signature.js';
import { requireTimely } from './signature/timestamp.js';

/** What the head of a signed request says, with the app that it says it comes from: claimed, and not proved yet. */
export interface SignedHead {
  readonly app: SigningApp;
  readonly signature: string;
  /** The very text of `x-timestamp`. */
  readonly timestamp: string;
  /** What it means, in seconds since 1970. */
  readonly time: number;
  /** When the head was looked at. */
  readonly nowMs: number;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Set on signed routes once the head is admitted, before the body is read. */
    signedHead: SignedHead | null;
  }
}

/**
 * Refuses by its head alone a request that can't be good: without signing headers, of no app, of another time, with a text
 * that is no signature, of an app that is over its limit, contract §1.1. In development a text that is no signature goes
 * on to the body, since the hint needs it.
 *
 * @throws PartnerError 401 or 429
 */
export async function requireSignedHead(gate: Gate, request: FastifyRequest): Promise<SignedHead> {
  const nowMs = currentTime();
  const timestamp = signingHeader(request, 'x-timestamp');
  const clientId = signingHeader(request, 'x-client-id');
  const signature = signingHeader(request, 'x-signature');
  const app = await gate.apps.find(clientId);
  if (app === undefined) throw new PartnerError('invalid_client');
  const time = requireTimely(timestamp, nowMs);
  if (!isSignatureForm(signature) && !gate.isDevelopment) throw new PartnerError('invalid_signature');
  gate.limits.refuseSpent(app.clientId, app.rateLimit);
  return { app, signature, timestamp, time, nowMs };
}

const SIGNING_HEADERS = ['x-client-id', 'x-timestamp', 'x-signature'] as const;

function signingHeader(request: FastifyRequest, name: (typeof SIGNING_HEADERS)[number]): string {
  const value = request.headers[name];
  if (typeof value === 'string' && value !== '') return value;
  const missing = SIGNING_HEADERS.filter((header) => !request.headers[header]);
  throw new PartnerError('missing_credentials', undefined, { details: { missing } });
}
