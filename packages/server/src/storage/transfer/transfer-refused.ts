import { StorageUnusable } from '../storage-unusable.js';

/** A move that cannot be made or did not succeed; its message is one sentence for the operator. */
export class MoveRefused extends StorageUnusable {
  override readonly name = 'MoveRefused';
}
