import type { RawBuilder, SelectQueryBuilder } from 'kysely';

/** What the engines say differently; the only place where SQL of one engine may enter a statement. */
export interface Dialect {
  /** A UUID text in the form the engine stores and compares. */
  encodeUuid(uuid: string): Uint8Array | string;
  /**
   * Keeps the rows of a query from being changed by others until the transaction ends; they are read as they are once
   * their lock is had. An engine with one writer has nothing to lock.
   */
  forUpdate<DB, TB extends keyof DB, O>(query: SelectQueryBuilder<DB, TB, O>): SelectQueryBuilder<DB, TB, O>;
  /** A parameter whose type the engine cannot tell from its place in the statement. */
  text<T extends string | null>(parameter: RawBuilder<T>): RawBuilder<T>;
}
