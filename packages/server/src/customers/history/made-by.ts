import { type Author, parseAuthorText } from '../../storage/author-text.js';

/** What a change of a customer was, contract §7.1. */
export const HISTORY_ACTIONS = [
  'created',
  'updated',
  'deleted',
  'restored',
  'reverted',
  'merged',
  'unmerged',
  'imported',
] as const;

/** What a change of a customer was. */
export type HistoryAction = (typeof HISTORY_ACTIONS)[number];

/** What made a version of a customer, and who. */
export interface MadeBy extends Author {
  readonly action: HistoryAction;
}

/** How what made a version stands in its row. */
export function madeByText(action: HistoryAction, author: string): string {
  return `${action}|${author}`;
}

/** What made a version, from its row; undefined for one that was made before there was a history. */
export function parseMadeBy(text: string | null): MadeBy | undefined {
  if (text === null) return undefined;
  const end = text.indexOf('|');
  const action = HISTORY_ACTIONS.find((one) => one === text.slice(0, end));
  return action === undefined ? undefined : { action, ...parseAuthorText(text.slice(end + 1)) };
}
