import { PartnerError } from '@countersign/contract';
import type { Executor } from './connections/executor.js';
import { isRefusal } from './postgres-fault.js';

/** A change whose answer did not come: whether it was stored is open. */
export class UnknownOutcome extends PartnerError {
  constructor(cause: unknown) {
    super(
      'unavailable',
      'The connection to the storage broke while the change was committed, so it may have been stored. Send it again with the same Idempotency-Key, or look.',
      { cause },
    );
  }
}

/**
 * Commits the transaction of a connection.
 *
 * @throws the driver's error when the server refused, with nothing stored; PartnerError `unavailable` that says so when it is
 *   open whether the change was stored
 */
export async function commit(executor: Executor): Promise<void> {
  let did: string;
  try {
    did = await executor.control('commit');
  } catch (error) {
    throw isRefusal(error) ? error : new UnknownOutcome(error);
  }
  // The server answers ROLLBACK to the commit of a transaction in which a statement failed.
  if (did !== 'COMMIT') throw new Error('a transaction was committed that had failed before');
}
