import type { VerbParts } from '../../partner-api/write/read-verb.js';
import { appOfTeam, type VerbRequest } from '../../partner-api/write/verb-request.js';
import { requireUuid } from '../../validation/uuid.js';
import type { ListenerKey } from './listener-store.js';

/** What routes work with that wait for something to happen. */
export interface WaitingParts extends VerbParts {
  /** Whoever waits is answered at once when the server stops. */
  readonly closing: AbortSignal;
}

/** The listener in the path, of the app that asks. @throws PartnerError `invalid_uuid` */
export function readListener(request: VerbRequest): ListenerKey {
  return { ...appOfTeam(request), uuid: requireUuid(request.params.uuid) };
}
