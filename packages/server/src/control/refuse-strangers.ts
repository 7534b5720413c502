import type { FastifyRequest } from 'fastify';
import { isLoopback } from '../http/is-loopback.js';
import { ControlRefusal } from './control-refusal.js';

/** Headers by which a browser or a proxy shows that a request is not a test's own. */
const TELLTALES = ['origin', 'sec-fetch-site', 'forwarded', 'x-forwarded-for', 'x-forwarded-host', 'via'];

/**
 * Refuses whoever is not on this machine, by address and by `Host`, whatever came through a proxy, and every web page: one
 * that a browser has open must not get at what tests may do. @throws ControlRefusal 403
 */
export function refuseStrangers({ raw }: FastifyRequest): void {
  const { host = '' } = raw.headers;
  const name = /^(\[[^\]]*\]|[^:]*)(?::\d{1,5})?$/.exec(host)?.[1] ?? '';
  const isOfPage = TELLTALES.some((header) => raw.headers[header] !== undefined);
  if (isLoopback(raw.socket.remoteAddress ?? '') && isLoopback(name) && !isOfPage) return;
  throw new ControlRefusal('The control plane answers programs on this machine alone.', 403);
}
