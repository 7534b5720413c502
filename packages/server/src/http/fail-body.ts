import type { IncomingMessage } from 'node:http';
import type { PartnerError } from '@countersign/contract';

/** Ends a body that still comes for whoever reads it, who then answers the error. One that nobody reads goes on. */
export function failBody(request: IncomingMessage, error: PartnerError): void {
  if (request.listenerCount('error') > 0) request.emit('error', error);
}
