import type { ListOrder, ListPosition } from '../storage/storage.js';

/** Where a list goes on, as its opaque text holds it. */
export interface ListCursor {
  readonly order: ListOrder;
  readonly descending: boolean;
  /** Number of the page that the cursor leads to. */
  readonly page: number;
  readonly position: ListPosition;
}

const LETTERS: Record<ListOrder, string> = { name: 'n', email: 'e', created: 'c', updated: 'u' };
const UUID_HEX = /^[0-9a-f]{32}$/;
/** Cursors go on counting pages without an end; beyond this, the text was not made here. */
const MOST_PAGES = 1e9;

/** The text of a cursor. */
export function formatListCursor({ order, descending, page, position }: ListCursor): string {
  const parts = [LETTERS[order], descending ? 1 : 0, page, position.value, position.uuid];
  return Buffer.from(JSON.stringify(parts)).toString('base64url');
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
  const parts = parseParts(text);
  if (!Array.isArray(parts) || parts.length !== 5) return undefined;
  const [letter, direction, page, value, uuid]: unknown[] = parts;
  const order = orderOf(letter);
  if (order === undefined || (direction !== 0 && direction !== 1)) return undefined;
  if (typeof page !== 'number' || !Number.isInteger(page) || page < 1 || page > MOST_PAGES) return undefined;
  if (typeof uuid !== 'string' || !UUID_HEX.test(uuid)) return undefined;
  const isTime = order === 'created' || order === 'updated';
  if (isTime ? !Number.isSafeInteger(value) : typeof value !== 'string') return undefined;
  if (typeof value !== 'string' && typeof value !== 'number') return undefined;
  return { order, descending: direction === 1, page, position: { value, uuid } };
}

function parseParts(text: string): unknown {
  try {
    return JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
}

function orderOf(letter: unknown): ListOrder | undefined {
  for (const order of ['name', 'email', 'created', 'updated'] as const) if (LETTERS[order] === letter) return order;
  return undefined;
}
