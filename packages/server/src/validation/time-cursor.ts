import { isUuid } from './uuid.js';

/** A place in a list that is ordered by the time at which its entries were made. */
export interface TimePlace {
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  readonly uuid: string;
}

/** Time in base 36, and UUID. */
const CURSOR_FORM = /^([0-9a-z]{1,11})\.([0-9a-f-]{36})$/;

/** The cursor that goes on behind a place. */
export function formatTimeCursor({ createdAt, uuid }: TimePlace): string {
  return `${createdAt.toString(36)}.${uuid}`;
}

/** The place of a cursor; undefined for what is none. */
export function parseTimeCursor(text: string): TimePlace | undefined {
  const [, time = '', uuid = ''] = CURSOR_FORM.exec(text) ?? [];
  const createdAt = Number.parseInt(time, 36);
  return isUuid(uuid) && Number.isSafeInteger(createdAt) ? { createdAt, uuid } : undefined;
}
