import { existsSync } from 'node:fs';
import { DatabaseInUse, StorageUnusable } from '../storage-unusable.js';
import { SqliteConnection } from './connection.js';
import { isLocked } from './storage-fault.js';

/**
 * Opens a file so that no other connection of any process can be opened until this one is closed.
 *
 * @throws DatabaseInUse when one is open; NoDatabase when there is no file and none may be made; the driver's error
 */
export function openSole(file: string, { create = false }: { readonly create?: boolean } = {}): SqliteConnection {
  if (!create && !existsSync(file)) throw new NoDatabase(file);
  try {
    return new SqliteConnection(file, 'sole');
  } catch (error) {
    throw isLocked(error) ? new DatabaseInUse(file) : error;
  }
}

/** A file that is not there; its message is one sentence for the operator. */
export class NoDatabase extends StorageUnusable {
  override readonly name = 'NoDatabase';

  constructor(file: string) {
    super(`There is no database ${file}.`);
  }
}
