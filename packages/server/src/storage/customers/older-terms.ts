import { foldCaseSimply } from './fold-case.js';
import type { SearchTerms } from './search-text.js';

/**
 * Whether the keys of a row of `customers` are of an earlier version, in SQL of both engines, and in these very words as the
 * index of such rows has it.
 */
export const HAS_OLDER_KEYS = 'coalesce(keyed_version, 0) <> version';

/** Whether a row's `email_key` is not plain ASCII, in SQL of both engines: only such an email may have another key now. */
export const IS_INTERNATIONAL = 'octet_length(email_key) <> length(email_key)';

/** What a search looks for in rows whose keys are of an earlier version, where those texts stand by themselves. */
export interface OlderTerms {
  readonly text: string;
  /** Emails were composed, and other texts were as they had been written. */
  readonly email: string;
}

/** The search as an earlier version asked it. */
export function olderTerms({ asWritten }: SearchTerms): OlderTerms {
  return { text: foldCaseSimply(asWritten), email: foldCaseSimply(asWritten.normalize('NFC')) };
}
