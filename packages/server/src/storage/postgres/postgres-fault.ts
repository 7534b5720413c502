import { PartnerError } from '@countersign/contract';
import { DatabaseError } from 'pg';

/** SQLSTATE codes and classes that mean the server, its disk or a time limit, not the statement (PostgreSQL, appendix A). */
const FAULTS: readonly (readonly [start: string, sentence: string])[] = [
  ['08', 'the connection was refused or lost'],
  ['25006', 'the database is read-only'],
  ['28', 'the user name or the password is not accepted'],
  ['3D000', 'there is no such database'],
  ['53100', 'the disk is full'],
  ['53300', 'the server takes no more connections'],
  ['53', 'the server is out of resources'],
  ['55P03', 'another transaction holds a lock for too long'],
  ['57014', 'a statement took too long'],
  ['57P', 'the server is shutting down or starting'],
  ['58', 'the server reported an input/output error'],
  ['XX001', 'the database is damaged'],
  ['XX002', 'the database is damaged'],
  ['42501', 'the user has not the rights it needs'],
];

/** Two changes met in a way that only doing one of them again settles: serialization, deadlock, a value just taken. */
const CONFLICTS = new Set(['40001', '40P01', '23505']);

/** A lock was not had in time. */
const LOCK_TIMEOUT = '55P03';

/** System errors of a connection, as sentences. */
const CONNECTION_FAULTS = new Map([
  ['ECONNREFUSED', 'the connection was refused'],
  ['ECONNRESET', 'the connection was lost'],
  ['EPIPE', 'the connection was lost'],
  ['ETIMEDOUT', 'the server does not answer'],
  ['EHOSTUNREACH', 'the host cannot be reached'],
  ['ENETUNREACH', 'the host cannot be reached'],
  ['ENOTFOUND', 'the host is unknown'],
  ['EAI_AGAIN', 'the host cannot be looked up now'],
  ['ENOENT', 'there is no such socket'],
]);

/** What the driver says, without a code, when a connection ends or cannot be had. */
const DRIVER_FAULTS: readonly (readonly [pattern: RegExp, sentence: string])[] = [
  [/timeout exceeded when trying to connect|connection timeout/i, 'no connection was to be had in time'],
  [/query read timeout/i, 'the server does not answer'],
  [/connection (?:terminated|ended|error)|not queryable|connection is closed/i, 'the connection was lost'],
  [/does not support SSL|certificate|self.signed/i, 'the encrypted connection could not be made'],
  [/password must be a string|SASL/i, 'the user name or the password is not accepted'],
];

/** One sentence on what is wrong with the database, or undefined when the error is not its fault. */
export function describePostgresFault(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if (error instanceof DatabaseError) {
    return FAULTS.find(([start]) => error.code?.startsWith(start))?.[1];
  }
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return CONNECTION_FAULTS.get(code) ?? DRIVER_FAULTS.find(([pattern]) => pattern.test(error.message))?.[1];
}

/** Whether the whole piece of work may be done again from its start, since nothing of it was stored. */
export function isConflict(error: unknown): boolean {
  return error instanceof DatabaseError && CONFLICTS.has(error.code ?? '');
}

/** Whether the request of a new row had its effect before; a Citus cluster gives each part of the key a name of its own. */
export function isMarkTaken(error: unknown): boolean {
  return (
    error instanceof DatabaseError && error.code === '23505' && error.constraint?.startsWith('request_marks') === true
  );
}

/** Whether a lock was not had in time. */
export function isLockTimeout(error: unknown): boolean {
  return error instanceof DatabaseError && error.code === LOCK_TIMEOUT;
}

/** A prepared statement is unknown, known already, or was planned for a table that has other columns now. */
const STATEMENT_LOSSES = new Set(['26000', '42P05', '0A000']);

/**
 * Whether a prepared statement is not as it was left on its connection, because of a pooler or a migration: nothing was
 * executed, and another connection knows nothing of it.
 */
export function isStatementLost(error: unknown): boolean {
  return error instanceof DatabaseError && STATEMENT_LOSSES.has(error.code ?? '');
}

/** The SQLSTATE of a value that the server cannot store or that breaks a rule of the schema; undefined for other errors. */
export function refusedValueState(error: unknown): string | undefined {
  return error instanceof DatabaseError && /^2[23]/.test(error.code ?? '') ? error.code : undefined;
}

/** Whether the server itself refused, so that nothing of the statement happened. */
export function isRefusal(error: unknown): boolean {
  return error instanceof DatabaseError && !error.code?.startsWith('57P') && !error.code?.startsWith('08');
}

/** The error to pass on: PartnerError `unavailable` for a fault of the database, any other error as it is. */
function translatePostgresFault(error: unknown): unknown {
  return describePostgresFault(error) === undefined
    ? error
    : new PartnerError('unavailable', undefined, { cause: error });
}

/** Does work; faults of the server come out as PartnerError `unavailable`. */
export async function translated<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw translatePostgresFault(error);
  }
}
