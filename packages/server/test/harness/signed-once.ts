import type { Caller } from './caller.js';
import { headersOf, type PlainRequest } from './signed-request.js';

/** What a request asks; the path is that below `/partners`. */
export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
}

/** A request of a caller as it goes over the wire, signed in seconds, so that the very same can be sent again. */
export function signedOnce(
  { app, accessToken }: Pick<Caller, 'app' | 'accessToken'>,
  { method, path, body }: Asked,
): PlainRequest & { readonly headers: Record<string, string> } {
  const target = `/partners${path}`;
  const sent = body === undefined ? {} : { body: JSON.stringify(body) };
  return { method, target, headers: headersOf({ method, target, app, accessToken, ...sent }), ...sent };
}
