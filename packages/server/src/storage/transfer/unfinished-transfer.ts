import { StorageUnusable } from '../storage-unusable.js';

/** The table in a target that tells where a move stands; it is there only until the move has been verified. */
export const MOVE_TABLE = 'data_move';

/** A database into which records were being moved; its message is one sentence for the operator. */
export class UnfinishedMove extends StorageUnusable {
  override readonly name = 'UnfinishedMove';

  constructor() {
    super(
      'Records were being moved into the database and are not all there: run "countersign migrate-data" again with the same databases, or begin anew with an empty one.',
    );
  }
}
