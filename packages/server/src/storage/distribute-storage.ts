import { describeDatabase, isPostgresUrl, unusable } from './open-storage.js';
import { type Distribution, distributeTables } from './postgres/schema/distribute-tables.js';
import { StorageUnusable } from './storage-unusable.js';

/**
 * Spreads a migrated PostgreSQL database over the nodes of its Citus cluster, team by team. It may be run again, after a
 * failure or a later migration.
 *
 * @throws StorageUnusable with one sentence that says what is wrong with the database
 */
export async function distributeStorage(url: string): Promise<Distribution> {
  if (!isPostgresUrl(url)) throw new StorageUnusable('Citus spreads a PostgreSQL database, and this one is SQLite.');
  try {
    return await distributeTables(url);
  } catch (error) {
    throw unusable(describeDatabase(url), error);
  }
}
