import type { FieldError } from './partner-error.js';

/** Fields at fault that are listed one by one in an answer, contract §2. */
const MOST_ERRORS = 100;
/** Fields at fault that the sentence for a person names. */
const MOST_NAMED = 5;

/** Fields at fault as an answer tells them. */
export interface ToldFaults {
  /** The sentences of the first five, then how many more: official tools show a person nothing else. */
  readonly message: string;
  /** The first hundred, then an entry `more_errors` that says how many are left out. */
  readonly errors: readonly FieldError[];
}

/**
 * What an answer tells of fields at fault, contract §2; undefined where there are none.
 *
 * @param errors every field at fault, however many
 */
export function toldFaults(errors: readonly FieldError[] = []): ToldFaults | undefined {
  if (errors.length === 0) return undefined;
  const named = errors.slice(0, MOST_NAMED).map(({ message }) => sentence(message));
  const unnamed = errors.length - named.length;
  const message = [...named, ...(unnamed === 0 ? [] : [`… and ${unnamed} more.`])].join(' ');
  const unlisted = errors.length - MOST_ERRORS;
  if (unlisted <= 0) return { message, errors };
  const more = { field: '', code: 'more_errors', message: `… and ${unlisted} more.` };
  return { message, errors: [...errors.slice(0, MOST_ERRORS), more] };
}

function sentence(message: string): string {
  return /[.!?…]$/.test(message) ? message : `${message}.`;
}
