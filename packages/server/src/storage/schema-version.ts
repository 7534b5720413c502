import { schemaVersion } from './migrations/migrations.js';
import { StorageUnusable } from './storage-unusable.js';

/** A database whose schema this program cannot work with; its message is one sentence for the operator. */
export class SchemaMismatch extends StorageUnusable {
  override readonly name = 'SchemaMismatch';

  constructor(readonly found: number) {
    super(
      found < schemaVersion()
        ? `The database has schema version ${found} and this program needs ${schemaVersion()}: run "countersign migrate".`
        : `The database has schema version ${found}, newer than this program's ${schemaVersion()}: run a newer countersign.`,
    );
  }
}

/** A database that this program has never set up; its message is one sentence for the operator. */
export class NoRecords extends StorageUnusable {
  override readonly name = 'NoRecords';

  constructor() {
    super('The database holds no records of this program.');
  }
}

/** Refuses a database at another schema version than this program's. @throws NoRecords, SchemaMismatch */
export function refuseOtherSchema(found: number): void {
  if (found === 0) throw new NoRecords();
  if (found !== schemaVersion()) throw new SchemaMismatch(found);
}
