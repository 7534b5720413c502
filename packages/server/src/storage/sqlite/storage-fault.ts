import { PartnerError } from '@countersign/contract';

/** What to do about a damaged file, for a person. */
export const DAMAGE_REMEDY =
  'stop the server, keep the file, and restore the newest backup, or correct COUNTERSIGN_DATABASE_URL';

/** SQLite's primary result codes that mean the file or the disk, not the statement (sqlite3.h), and its sentences for them. */
const FAULTS = [
  { code: 5, message: 'database is locked', fault: 'the database is locked by another process' },
  { code: 6, message: 'database table is locked', fault: 'the database is locked by another process' },
  { code: 8, message: 'attempt to write a readonly database', fault: 'the database is read-only' },
  { code: 10, message: 'disk I/O error', fault: 'the disk reported an input/output error' },
  { code: 11, message: 'database disk image is malformed', fault: 'the database file is damaged' },
  { code: 13, message: 'database or disk is full', fault: 'the disk is full' },
  { code: 14, message: 'unable to open database file', fault: 'the database file cannot be opened' },
  { code: 26, message: 'file is not a database', fault: 'the file is not a database' },
] as const;

/** SQLite's numeric result code of a driver error, without its extended part; undefined for other errors. */
function sqliteResultCode(error: unknown): number | undefined {
  if (!(error instanceof Error)) return undefined;
  if ('errcode' in error && typeof error.errcode === 'number') return error.errcode & 0xff;
  // The driver gives no number with what fails while several rows are read.
  return FAULTS.find(({ message }) => message === error.message)?.code;
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
  return FAULTS.find((known) => known.code === code)?.fault;
}

/** The error to pass on: PartnerError `unavailable` for a fault of file or disk, any other error as it is. */
export function translateStorageFault(error: unknown): unknown {
  return describeStorageFault(error) === undefined
    ? error
    : new PartnerError('unavailable', undefined, { cause: error });
}
