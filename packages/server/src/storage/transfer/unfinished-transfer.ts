import { StorageUnusable } from '../storage-unusable.js';

/** The table in a target that tells where a transfer stands; it is there only until the transfer has been verified. */
export const TRANSFER_TABLE = 'data_move';

/** A database into which records were being copied; its message is one sentence for the operator. */
export class UnfinishedTransfer extends StorageUnusable {
  override readonly name = 'UnfinishedTransfer';

  constructor() {
    super(
      'Records were being moved into the database and are not all there: run "countersign migrate-data" again with the same databases, or begin anew with an empty one.',
    );
  }
}
