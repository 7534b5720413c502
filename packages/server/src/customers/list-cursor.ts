import { isUtf8 } from 'node:buffer';
import type { ListOrder, ListPosition } from '../storage/storage.js';
import { hasOddCharacters } from '../validation/odd-characters.js';

/** Where a list goes on, as its opaque text holds it. */
export interface ListCursor {
  readonly order: ListOrder;
  readonly descending: boolean;
  /** Number of the page that the cursor leads to. */
  readonly page: number;
  readonly position: ListPosition;
}

const LETTERS: Record<ListOrder, string> = { name: 'n', email: 'e', created: 'c', updated: 'u' };
/** Order, direction, page, UUID, value: the value last and as it is, so that the longest name makes no longer cursor. */
const CURSOR_FORM = /^([necu])([ad])([1-9]\d{0,8})\.([0-9a-f]{32})\.(.*)$/s;

/** The text of a cursor. */
export function formatListCursor({ order, descending, page, position }: ListCursor): string {
  const { value, uuid } = position;
  return Buffer.from(`${LETTERS[order]}${descending ? 'd' : 'a'}${page}.${uuid}.${value}`).toString('base64url');
}

/**
 * The cursor of a text; undefined when it was not made here, or for another order than the one asked for.
 */
export function parseListCursor(
  text: string,
  asked: { readonly order: ListOrder | undefined; readonly descending: boolean | undefined },
): ListCursor | undefined {
  const cursor = parseCursorText(text);
  if (cursor === undefined) return undefined;
  if (asked.order !== undefined && asked.order !== cursor.order) return undefined;
  if (asked.descending !== undefined && asked.descending !== cursor.descending) return undefined;
  return cursor;
}

function parseCursorText(text: string): ListCursor | undefined {
  const bytes = Buffer.from(text, 'base64url');
  const match = isUtf8(bytes) ? CURSOR_FORM.exec(bytes.toString('utf8')) : null;
  if (match === null) return undefined;
  const [, letter, direction, page, uuid, valueText] = match;
  const order = orderOf(letter);
  if (order === undefined || uuid === undefined || valueText === undefined) return undefined;
  if (hasOddCharacters(valueText)) return undefined;
  const value = order === 'created' || order === 'updated' ? Number(valueText) : valueText;
  if (typeof value === 'number' && !Number.isSafeInteger(value)) return undefined;
  return { order, descending: direction === 'd', page: Number(page), position: { value, uuid } };
}

function orderOf(letter: string | undefined): ListOrder | undefined {
  for (const order of ['name', 'email', 'created', 'updated'] as const) if (LETTERS[order] === letter) return order;
  return undefined;
}
