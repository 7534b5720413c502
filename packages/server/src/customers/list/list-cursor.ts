import { isUtf8 } from 'node:buffer';
import type { ListOrder, ListPosition } from '../../storage/storage.js';
import { hasOddCharacters } from '../../validation/odd-characters.js';

/** Where a list goes on, as its opaque text holds it. */
export interface ListCursor {
  readonly order: ListOrder;
  readonly descending: boolean;
  /** Number of the page that the cursor leads to. */
  readonly page: number;
  readonly includeDeleted: boolean;
  /** What the first page told as `updatedUntil`, in milliseconds since 1970; undefined in cursors of earlier versions. */
  readonly updatedUntil: number | undefined;
  readonly position: ListPosition;
}

/** What a request with a cursor says of the list beside it. */
export interface AskedList {
  readonly order: ListOrder | undefined;
  readonly descending: boolean | undefined;
  readonly includeDeleted: boolean | undefined;
}

const LETTERS: Record<ListOrder, string> = { name: 'n', email: 'e', created: 'c', updated: 'u' };
/**
 * Order, direction, x with deleted ones, page, updatedUntil, UUID, value: the value last and as it is, so that the longest
 * name makes no longer cursor.
 */
const CURSOR_FORM = /^([necu])([ad])(x?)([1-9]\d{0,8})(?:\.(\d{1,15}))?\.([0-9a-f]{32})\.(.*)$/s;

/** The text of a cursor. */
export function formatListCursor(cursor: ListCursor): string {
  const { order, descending, includeDeleted, page, updatedUntil, position } = cursor;
  const list = `${LETTERS[order]}${descending ? 'd' : 'a'}${includeDeleted ? 'x' : ''}`;
  const until = updatedUntil === undefined ? '' : `.${updatedUntil}`;
  return Buffer.from(`${list}${page}${until}.${position.uuid}.${position.value}`).toString('base64url');
}

/** The cursor of a text; undefined when it was not made here, or for another list than the one asked for. */
export function parseListCursor(text: string, asked: AskedList): ListCursor | undefined {
  const cursor = parseCursorText(text);
  if (cursor === undefined) return undefined;
  if (asked.order !== undefined && asked.order !== cursor.order) return undefined;
  if (asked.descending !== undefined && asked.descending !== cursor.descending) return undefined;
  if (asked.includeDeleted !== undefined && asked.includeDeleted !== cursor.includeDeleted) return undefined;
  return cursor;
}

function parseCursorText(text: string): ListCursor | undefined {
  const bytes = Buffer.from(text, 'base64url');
  const match = isUtf8(bytes) ? CURSOR_FORM.exec(bytes.toString('utf8')) : null;
  if (match === null) return undefined;
  const [, letter, direction, deleted, page, updatedUntil, uuid, valueText] = match;
  const order = orderOf(letter);
  if (order === undefined || uuid === undefined || valueText === undefined) return undefined;
  if (hasOddCharacters(valueText)) return undefined;
  const value = order === 'created' || order === 'updated' ? Number(valueText) : valueText;
  if (typeof value === 'number' && !Number.isSafeInteger(value)) return undefined;
  return {
    order,
    descending: direction === 'd',
    includeDeleted: deleted === 'x',
    page: Number(page),
    updatedUntil: updatedUntil === undefined ? undefined : Number(updatedUntil),
    position: { value, uuid },
  };
}

function orderOf(letter: string | undefined): ListOrder | undefined {
  for (const order of ['name', 'email', 'created', 'updated'] as const) if (LETTERS[order] === letter) return order;
  return undefined;
}
