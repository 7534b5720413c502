import { StorageUnusable } from '../storage-unusable.js';

/** A transfer that cannot be made or did not succeed; its message is one sentence for the operator. */
export class TransferRefused extends StorageUnusable {
  override readonly name = 'TransferRefused';
}
