import { listCustomersWithoutKey } from '../customers/rekey-store.js';
import type { Reader } from '../storage/storage.js';
import { type Finding, findingsOf } from './finding.js';

const { ok, warning } = findingsOf('emails');

/** Looks for customers that cannot be found by their email, since an older one has the same mailbox. */
export async function examineEmails(reader: Reader): Promise<Finding[]> {
  const lost = await listCustomersWithoutKey(reader);
  if (lost.length === 0) return [ok('each mailbox is one customer')];
  return lost.map(({ teamUuid, uuid, holderUuid }) =>
    holderUuid === undefined
      ? warning(`customer ${uuid} of team ${teamUuid} is not found by its email`, 'change any field of it')
      : warning(
          `customer ${uuid} of team ${teamUuid} has the mailbox of the older customer ${holderUuid}, which is found by it`,
          'give one of them another email, or delete it',
        ),
  );
}
