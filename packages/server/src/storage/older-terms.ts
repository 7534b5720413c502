import { foldCaseSimply } from './fold-case.js';
import type { SearchTerms } from './search-text.js';

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
