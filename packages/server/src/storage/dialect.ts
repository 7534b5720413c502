import type { RawBuilder, SelectQueryBuilder } from 'kysely';
import type { StoredUuid } from './uuid-text.js';

/** What a column of a listed row holds. */
export type ListedKind = 'integer' | 'text' | 'uuid';

/** What the engines say differently; the only place where SQL of one engine may enter a statement. */
export interface Dialect {
  /** A UUID text in the form the engine stores and compares. */
  encodeUuid(uuid: string): Uint8Array | string;
  /**
   * Keeps the rows of a query from being changed by others until the transaction ends; they are read as they are once
   * their lock is had. An engine with one writer has nothing to lock.
   */
  forUpdate<DB, TB extends keyof DB, O>(query: SelectQueryBuilder<DB, TB, O>): SelectQueryBuilder<DB, TB, O>;
  /**
   * Keeps the rows of a query from being locked or deleted by others until the transaction ends; any number may keep them
   * at once.
   */
  forKeyShare<DB, TB extends keyof DB, O>(query: SelectQueryBuilder<DB, TB, O>): SelectQueryBuilder<DB, TB, O>;
  /** Whether a text has any of some parts, which are in lower case, whatever case it has itself; given as a JSON list. */
  containsAny(text: RawBuilder<unknown>, parts: RawBuilder<string>): RawBuilder<boolean>;
  /** A parameter whose type the engine cannot tell from its place in the statement. */
  text<T extends string | null>(parameter: RawBuilder<T>): RawBuilder<T>;
  /** As {@link Dialect.forUpdate}, and rows that others keep are left out. */
  forUpdateSkipLocked<DB, TB extends keyof DB, O>(query: SelectQueryBuilder<DB, TB, O>): SelectQueryBuilder<DB, TB, O>;
  /** Waits until no other transaction has taken a number, and takes it until this one ends. */
  lockNumber(number: RawBuilder<number>): RawBuilder<unknown>;
  /** The database's clock in milliseconds since 1970, the same for all processes; it stands still in a statement. */
  now(): RawBuilder<number>;
  /**
   * Whether a change may carry a time (milliseconds since 1970): not one that mirrors may have gone past, see
   * `STALE_AFTER_MS`.
   */
  isTimely(time: RawBuilder<number>): RawBuilder<boolean>;
  /**
   * The rows of a list, as a table: a parameter holds them as JSON, an array of arrays, so that one statement serves lists of
   * any length.
   */
  eachRow<R extends object>(json: RawBuilder<string>, columns: Readonly<Record<keyof R, ListedKind>>): RawBuilder<R>;
  /** A UUID as 32 hexadecimal digits. */
  uuidDigits(uuid: RawBuilder<StoredUuid>): RawBuilder<string>;
  /** A new UUID for each row, version 7 (RFC 9562 §5.7). */
  newOrderedUuid(): RawBuilder<StoredUuid>;
}
