import { foldCase } from './fold-case.js';

const PLAIN = /^[ -~]*$/;
/** Marks on letters that are passed over; those of other scripts are letters to their readers. */
const MARKS = /[\u0300-\u036f]/g;
const CONTROLS = /\p{Cc}/gu;
/** Stands between the fields of a searched text. It is a control character, so that no field and no search has it. */
const BETWEEN_FIELDS = '\u001f';
/** Digits, and what people write between them. */
const PHONE = /^[\d\s()+./\p{Pd}]*$/u;
/** Fewest digits that a phone is looked up by. */
const FEWEST_DIGITS = 3;

/** What is looked for in customers, contract §3.2. */
export interface SearchTerms {
  /** Folded; at least one character. */
  readonly text: string;
  /** The digits of a search that looks like a phone. */
  readonly digits: string | undefined;
  /** As it was written, for rows whose keys are of an earlier version. */
  readonly asWritten: string;
}

/**
 * A text as it is searched and sorted, contract §3.2: without regard to case, composition and the marks on letters; control
 * characters are spaces. It stays decomposed: so the folding of a part is a part of the folded whole, wherever it was cut.
 */
export function foldText(text: string): string {
  if (PLAIN.test(text)) return text.toLowerCase();
  return foldCase(text.normalize('NFD')).normalize('NFD').replace(MARKS, '').replace(CONTROLS, ' ');
}

/** Fields as one searched text, the first always at its start; what another field has already is left out. */
export function joinSearched(fields: readonly (string | null)[]): string {
  let joined = '';
  for (const [index, field] of fields.entries()) {
    if (field === null) continue;
    const folded = foldText(field);
    if (index === 0) joined = folded;
    else if (!joined.includes(folded)) joined += BETWEEN_FIELDS + folded;
  }
  return joined;
}

/** The digits of phones as one searched text. */
export function joinDigits(phones: readonly (string | null)[]): string {
  let joined = '';
  for (const phone of phones) {
    const digits = phone === null ? '' : digitsOf(phone);
    if (!joined.includes(digits)) joined += (joined === '' ? '' : BETWEEN_FIELDS) + digits;
  }
  return joined;
}

/** What a search looks for; undefined where it is empty or nothing but marks, which everything has. */
export function searchTerms(search: string): SearchTerms | undefined {
  const text = foldText(search);
  if (text === '') return undefined;
  const digits = PHONE.test(text) ? digitsOf(text) : '';
  return { text, digits: digits.length < FEWEST_DIGITS ? undefined : digits, asWritten: search };
}

function digitsOf(phone: string): string {
  return phone.replace(/[^0-9]/g, '');
}
