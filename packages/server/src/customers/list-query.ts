import {
  CUSTOMER_LIMITS,
  CUSTOMER_ORDERS,
  type CustomerOrder,
  type FieldError,
  PartnerError,
} from '@countersign/contract';
import type { ListOrder, ListPosition } from '../storage/storage.js';
import { hasOddCharacters } from '../validation/odd-characters.js';
import { parseListCursor } from './list-cursor.js';

/** A checked query of a customer list, contract §3.2. */
export interface ListQuery {
  readonly search: string | undefined;
  readonly page: number;
  readonly limit: number;
  readonly order: ListOrder;
  readonly descending: boolean;
  readonly status: string | undefined;
  /** Milliseconds since 1970. */
  readonly updatedSince: number | undefined;
  /** Milliseconds since 1970. */
  readonly createdSince: number | undefined;
  readonly after: ListPosition | undefined;
}

/** A query string as parsed: repeated parameters are lists. */
export type RawQuery = Readonly<Record<string, string | readonly string[] | undefined>>;

const ORDERS: Record<CustomerOrder, ListOrder> = {
  customer: 'name',
  email: 'email',
  createdAt: 'created',
  updatedAt: 'updated',
};

/** ISO 8601: a date, or a date and a time with its zone. */
const ISO_TIME = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:\d{2}))?$/;

const DEFAULT_PAGE_SIZE = 20;

/**
 * Checks the query of a list. With a cursor, order and direction are the cursor's, and `page` goes on counting.
 *
 * @throws PartnerError `invalid_query` that lists every parameter at fault
 */
export function parseListQuery(query: RawQuery): ListQuery {
  const reader = new QueryReader(query);
  const search = reader.text('search', CUSTOMER_LIMITS.search);
  const page = reader.integer('page', CUSTOMER_LIMITS.page);
  const limit = reader.integer('limit', CUSTOMER_LIMITS.pageSize) ?? DEFAULT_PAGE_SIZE;
  const orderBy = reader.choice('orderBy', CUSTOMER_ORDERS);
  const direction = reader.choice('orderDirection', ['ASC', 'DESC'] as const);
  const status = reader.choice('status', ['active', 'inactive'] as const);
  const updatedSince = reader.time('updatedSince');
  const createdSince = reader.time('createdSince');
  const cursorText = reader.text('cursor', 2000);
  const order = orderBy === undefined ? undefined : ORDERS[orderBy];
  const descending = direction === undefined ? undefined : direction === 'DESC';
  const cursor = cursorText === undefined ? undefined : parseListCursor(cursorText, { order, descending });
  if (cursorText !== undefined && cursor === undefined) {
    reader.refuse('cursor', 'invalid_value', 'cursor must be the nextCursor of a page in the same order.');
  }
  reader.finish();
  return {
    search: search === '' ? undefined : search,
    page: cursor?.page ?? page ?? 1,
    limit,
    order: cursor?.order ?? order ?? 'name',
    descending: cursor?.descending ?? descending ?? false,
    status,
    updatedSince,
    createdSince,
    after: cursor?.position,
  };
}

/**
 * The `email` parameter of find-by-email.
 *
 * @throws PartnerError `invalid_query` when it is absent, empty, repeated or too long
 */
export function parseEmailQuery(query: RawQuery): string {
  const reader = new QueryReader(query);
  const email = reader.text('email', CUSTOMER_LIMITS.text);
  if (email === undefined || email.trim() === '') reader.refuse('email', 'required', 'email is required.');
  reader.finish();
  return (email ?? '').trim();
}

class QueryReader {
  readonly #query: RawQuery;
  readonly #errors: FieldError[] = [];

  constructor(query: RawQuery) {
    this.#query = query;
  }

  text(name: string, maxLength: number): string | undefined {
    const value = this.#query[name];
    if (value === undefined) return undefined;
    if (typeof value !== 'string') return this.refuse(name, 'repeated', `${name} must be given once.`);
    if (hasOddCharacters(value)) return this.refuse(name, 'invalid_characters', `${name} must not contain NUL.`);
    if (value.length > maxLength && [...value].length > maxLength) {
      return this.refuse(name, 'too_long', `${name} must be at most ${maxLength} characters.`);
    }
    return value;
  }

  integer(name: string, max: number): number | undefined {
    const text = this.text(name, CUSTOMER_LIMITS.text);
    if (text === undefined) return undefined;
    const value = /^\d{1,9}$/.test(text) ? Number(text) : 0;
    if (value >= 1 && value <= max) return value;
    return this.refuse(name, 'invalid_value', `${name} must be a whole number from 1 to ${max}.`);
  }

  choice<T extends string>(name: string, choices: readonly T[]): T | undefined {
    const text = this.text(name, CUSTOMER_LIMITS.text);
    if (text === undefined) return undefined;
    const choice = choices.find((candidate) => candidate === text);
    return choice ?? this.refuse(name, 'invalid_value', `${name} must be one of: ${choices.join(', ')}.`);
  }

  time(name: string): number | undefined {
    const text = this.text(name, CUSTOMER_LIMITS.text);
    if (text === undefined) return undefined;
    const time = ISO_TIME.test(text) ? Date.parse(text) : Number.NaN;
    if (!Number.isNaN(time) && isDay(text.slice(0, 10))) return time;
    return this.refuse(name, 'invalid_value', `${name} must be an ISO 8601 time, such as 2026-01-31T12:00:00Z.`);
  }

  refuse(field: string, code: string, message: string): undefined {
    this.#errors.push({ field, code, message });
    return undefined;
  }

  finish(): void {
    if (this.#errors.length > 0) throw new PartnerError('invalid_query', undefined, { errors: this.#errors });
  }
}

// Date.parse takes the 30th of February for the 2nd of March.
function isDay(text: string): boolean {
  return new Date(`${text}T00:00:00Z`).toISOString().startsWith(text);
}
