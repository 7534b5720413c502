import { schemaVersion } from './migrations/migrations.js';

/** A database whose schema this program cannot work with; its message is one sentence for the operator. */
export class SchemaMismatch extends Error {
  constructor(readonly found: number) {
    super(
      found < schemaVersion()
        ? `The database has schema version ${found} and this program needs ${schemaVersion()}: run "countersign migrate".`
        : `The database has schema version ${found}, newer than this program's ${schemaVersion()}: run a newer countersign.`,
    );
    this.name = 'SchemaMismatch';
  }
}
