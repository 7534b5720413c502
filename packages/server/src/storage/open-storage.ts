import { openPostgresStorage } from './postgres/open-postgres-storage.js';
import { describePostgresFault } from './postgres/postgres-fault.js';
import { UnfitServer } from './postgres/schema/unfit-server.js';
import { openSqliteStorage } from './sqlite/sqlite-storage.js';
import { DAMAGE_REMEDY, describeStorageFault, isDamaged } from './sqlite/storage-fault.js';
import type { Storage } from './storage.js';
import { StorageUnusable } from './storage-unusable.js';
import { describeSystemFault } from './system-fault.js';

/** How a database is opened. */
export interface OpenOptions {
  /** `sqlite:` and a path, or `postgres://…`. */
  readonly url: string;
  /** Whether an older schema is brought to this version; an empty database always is. */
  readonly migrate: boolean;
  /** Whether it is opened for one short command, which lists nothing and leaves the search index to the server. */
  readonly isBrief?: boolean;
  /** Most connections to a PostgreSQL at once. */
  readonly connections: number;
  /** A PostgreSQL replica that lists and searches may be read from. */
  readonly replicaUrl: string | undefined;
  /** The module that runs SQLite's writer thread with the program's commands. */
  readonly writerEntry: URL;
  /** Called when nothing can be written any more. */
  onLost(error: Error): void;
  /** Called when the replica fails after it had answered; the primary is read meanwhile. */
  onReplicaLost(error: Error): void;
}

/**
 * Opens the database of a URL.
 *
 * @throws StorageUnusable with one sentence that names the database, without its password, and says what is wrong
 */
export async function openStorage(options: OpenOptions): Promise<Storage> {
  try {
    return await open(options);
  } catch (error) {
    throw unusable(describeDatabase(options.url), error);
  }
}

function open(options: OpenOptions): Promise<Storage> {
  if (isPostgresUrl(options.url)) return openPostgresStorage(options);
  const file = findSqliteFile(options.url);
  if (file === undefined) throw new StorageUnusable('The database URL must be sqlite: and a path, or postgres://.');
  return openSqliteStorage({ ...options, file });
}

/** The file of an `sqlite:` URL, or undefined for another kind of URL. */
export function findSqliteFile(url: string): string | undefined {
  const match = /^sqlite:(?:\/\/(?=\/)|(?!\/\/))(.+)$/.exec(url);
  return match?.[1];
}

/** Whether a URL is that of a PostgreSQL database. */
export function isPostgresUrl(url: string): boolean {
  return /^postgres(?:ql)?:\/\//.test(url) && URL.canParse(url);
}

/** What a person calls a database: its file, or its URL without user, password and options. */
export function describeDatabase(url: string): string {
  const file = findSqliteFile(url);
  if (file !== undefined) return file;
  if (!isPostgresUrl(url)) return 'with this URL';
  const { host, pathname } = new URL(url);
  return `postgres://${host}${pathname}`;
}

/** The error to pass on: StorageUnusable with one sentence on the database for its faults, any other error as it is. */
export function unusable(database: string, error: unknown): unknown {
  if (error instanceof StorageUnusable) return error;
  const fault = faultOf(error);
  return fault === undefined
    ? error
    : new StorageUnusable(`Cannot use the database ${database}: ${fault}.`, { cause: error });
}

function faultOf(error: unknown): string | undefined {
  if (error instanceof UnfitServer) return error.message;
  if (isDamaged(error)) return `${describeStorageFault(error)}: ${DAMAGE_REMEDY}`;
  return describeStorageFault(error) ?? describeSystemFault(error) ?? describePostgresFault(error);
}
