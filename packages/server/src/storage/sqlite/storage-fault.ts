import { PartnerError } from '@countersign/contract';

/** SQLite's primary result codes that mean the file or the disk, not the statement (sqlite3.h). */
const FAULT_CODES = new Map([
  [5, 'the database is locked by another process'],
  [6, 'the database is locked by another process'],
  [8, 'the database is read-only'],
  [10, 'the disk reported an input/output error'],
  [11, 'the database file is damaged'],
  [13, 'the disk is full'],
  [14, 'the database file cannot be opened'],
  [26, 'the file is not a database'],
]);

/** SQLite's numeric result code of a driver error, without its extended part; undefined for other errors. */
function sqliteResultCode(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('errcode' in error)) return undefined;
  return typeof error.errcode === 'number' ? error.errcode & 0xff : undefined;
}

/** Whether another connection has a lock on the file. */
export function isLocked(error: unknown): boolean {
  const code = sqliteResultCode(error);
  return code === 5 || code === 6;
}

/** Whether a file is damaged, or no database at all. */
export function isDamaged(error: unknown): boolean {
  const code = sqliteResultCode(error);
  return code === 11 || code === 26;
}

/** One sentence on what is wrong with the database, or undefined when the error is not the storage's fault. */
export function describeStorageFault(error: unknown): string | undefined {
  const code = sqliteResultCode(error);
  return code === undefined ? undefined : FAULT_CODES.get(code);
}

/** The error to pass on: PartnerError `unavailable` for a fault of file or disk, any other error as it is. */
export function translateStorageFault(error: unknown): unknown {
  return describeStorageFault(error) === undefined
    ? error
    : new PartnerError('unavailable', undefined, { cause: error });
}
