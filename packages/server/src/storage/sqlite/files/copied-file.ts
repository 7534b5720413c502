import { randomUUID } from 'node:crypto';
import { closeSync, existsSync, fsyncSync, linkSync, openSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { StorageUnusable } from '../../storage-unusable.js';
import { describeSystemFault } from '../../system-fault.js';
import { SqliteConnection } from '../connection.js';
import { NoDatabase } from '../open-sole.js';
import { describeStorageFault } from '../storage-fault.js';
import { findSchemaVersion, refuseUnfinishedTransfer } from './migrate-sqlite.js';

/** A copy of a database, checked and on disk. */
export interface CopiedFile {
  readonly bytes: number;
  /** 0 for a database that this program has never set up. */
  readonly schemaVersion: number;
}

/** From where to where is copied. */
export interface CopyPaths {
  readonly from: string;
  /** Where the copy is wanted; it is made under another name in the same folder. */
  readonly to: string;
}

/**
 * Copies everything that a database holds at this moment into a file of a name of its own, checks the copy, makes sure that
 * it is on disk, and hands it over to be put in its place; whatever happens, nothing is left under that name. Others may
 * write to the database meanwhile.
 *
 * @throws StorageUnusable with one sentence for the operator
 */
export function withCopiedFile<T>(paths: CopyPaths, place: (copy: string, facts: CopiedFile) => T): T {
  if (!existsSync(paths.from)) throw new NoDatabase(paths.from);
  const copy = `${paths.to}.${randomUUID()}.partial`;
  try {
    // Before anything is in it, so that nobody else can ever read it.
    closeSync(openSync(copy, 'wx', 0o600));
    return place(copy, copyFile(paths.from, copy));
  } catch (error) {
    throw unusableCopy(paths, error);
  } finally {
    rmSync(copy, { force: true });
  }
}

function copyFile(from: string, copy: string): CopiedFile {
  const source = new SqliteConnection(from, 'copier');
  try {
    refuseUnfinishedTransfer(source);
    // One look at the database, which keeps no writer waiting.
    source.runText('vacuum into ?', [copy]);
  } finally {
    source.close();
  }
  const schemaVersion = checkFile(copy);
  flush(copy);
  return { bytes: statSync(copy).size, schemaVersion };
}

function checkFile(file: string): number {
  const connection = new SqliteConnection(file, 'copier');
  try {
    const faults = connection.allText<{ integrity_check: string }>('pragma integrity_check', []);
    if (faults.length === 1 && faults[0]?.integrity_check === 'ok') return findSchemaVersion(connection);
    throw new StorageUnusable('The copy was found to be damaged, and is not kept.');
  } finally {
    connection.close();
  }
}

/** Gives a file its name, unless another has it. @throws StorageUnusable when one has */
export function placeNewFile(copy: string, to: string): void {
  try {
    linkSync(copy, to);
  } catch (error) {
    if (existsSync(to)) throw new FileExists(to);
    // A file system without links: whether the name is free can only be looked at before.
    if (describeSystemFault(error) !== 'permission denied' && !isWithoutLinks(error)) throw error;
    renameSync(copy, to);
  }
  flush(dirname(to));
}

/** A file that would be overwritten; its message is one sentence for the operator. */
export class FileExists extends StorageUnusable {
  override readonly name = 'FileExists';

  constructor(file: string) {
    super(`${file} exists already, and is not overwritten.`);
  }
}

function isWithoutLinks(error: unknown): boolean {
  return error instanceof Error && 'code' in error && ['ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'].includes(String(error.code));
}

/** Makes sure that a file, or what a folder lists, is on disk. */
export function flush(path: string): void {
  const descriptor = openSync(path, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function unusableCopy({ from, to }: CopyPaths, error: unknown): unknown {
  if (error instanceof StorageUnusable) return error;
  const fault = describeStorageFault(error) ?? describeSystemFault(error);
  return fault === undefined ? error : new StorageUnusable(`Cannot copy ${from} to ${to}: ${fault}.`, { cause: error });
}
