import { PartnerError } from '@countersign/contract';
import { currentTime } from '../../clock.js';
import { markRequest } from '../../storage/mark-request.js';
import type { TeamMark } from '../../storage/request-mark.js';
import type { Transaction } from '../../storage/storage.js';

/** Refreshes of one client race in the field, and those of one second have the same signature. In milliseconds. */
const RACE_MS = 30_000;

/**
 * Marks a signed refresh, and refuses the very same one once it is old: whoever kept it gets no tokens for it and ends none.
 *
 * @returns whether it came before
 * @throws PartnerError `replayed_request`
 */
export async function refuseOldRepeat(tx: Transaction, mark: TeamMark): Promise<boolean> {
  const isOld = Math.abs(currentTime() - mark.signedAt) > RACE_MS;
  const isRepeat = !(await markRequest(tx, mark));
  if (isRepeat && isOld) throw new PartnerError('replayed_request');
  return isRepeat;
}
