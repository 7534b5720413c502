import { SCHEMA_VERSION } from './migrations/migrations.js';

/** A database whose schema this program cannot work with; its message is one sentence for the operator. */
export class SchemaMismatch extends Error {
  constructor(readonly found: number) {
    super(
      found < SCHEMA_VERSION
        ? `The database has schema version ${found} and this program needs ${SCHEMA_VERSION}: run "countersign migrate".`
        : `The database has schema version ${found}, newer than this program's ${SCHEMA_VERSION}: run a newer countersign.`,
    );
    this.name = 'SchemaMismatch';
  }
}
