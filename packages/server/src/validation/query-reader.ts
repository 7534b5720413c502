import { CUSTOMER_LIMITS, type FieldError, PartnerError } from '@countersign/contract';
import { isEmailAddress } from './formats.js';
import { parseTime, timeRule } from './iso-time.js';
import { hasOddCharacters } from './odd-characters.js';
import { decodingErrors, type RawQuery } from './raw-query.js';

/** Most characters of a number, a word or a time. */
const LONGEST_TEXT = 255;

/** Where a zone begins whose plus was not encoded and arrived as a space. */
const LOST_PLUS = / (?=\d{2}(?::?\d{2})?$)/;

/**
 * Reads the parameters of a query one by one, and refuses the query at the end for all that was wrong with it: a question
 * that cannot be meant gets no empty answer, contract §3.2. What it is not asked for is ignored.
 */
export class QueryReader {
  readonly #query: RawQuery;
  readonly #errors: FieldError[];

  constructor(query: RawQuery) {
    this.#query = query;
    this.#errors = decodingErrors(query);
  }

  /** A text of at most so many characters. */
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

  /** A whole number from 1 on. */
  integer(name: string, max: number): number | undefined {
    const text = this.text(name, LONGEST_TEXT);
    if (text === undefined) return undefined;
    const value = /^\d{1,9}$/.test(text) ? Number(text) : 0;
    if (value >= 1 && value <= max) return value;
    return this.refuse(name, 'invalid_value', `${name} must be a whole number from 1 to ${max}.`);
  }

  /** One of some words, written as they are. */
  choice<T extends string>(name: string, choices: readonly T[]): T | undefined {
    return this.#choice(name, choices, (choice, text) => choice === text);
  }

  /** One of some words of ASCII letters, in either case. */
  choiceInAnyCase<T extends string>(name: string, choices: readonly T[]): T | undefined {
    return this.#choice(name, choices, (choice, text) => choice.toLowerCase() === text.toLowerCase());
  }

  /** `true` or `false`. */
  flag(name: string): boolean | undefined {
    const word = this.choice(name, ['true', 'false'] as const);
    return word === undefined ? undefined : word === 'true';
  }

  /** A moment, as milliseconds since 1970. */
  time(name: string): number | undefined {
    const text = this.text(name, LONGEST_TEXT);
    if (text === undefined) return undefined;
    const time = parseTime(text) ?? parseTime(text.replace(LOST_PLUS, '+'));
    return time ?? this.refuse(name, 'invalid_value', `${name} ${timeRule(text)}`);
  }

  /** An email address, which must be given. */
  requiredEmail(name: string): string | undefined {
    const text = this.text(name, CUSTOMER_LIMITS.text);
    if (text === undefined || text.trim() === '') return this.refuse(name, 'required', `${name} is required.`);
    if (isEmailAddress(text)) return text;
    const isPlusLost = isEmailAddress(text.replaceAll(' ', '+'));
    const hint = isPlusLost ? ' It has a space where a plus may be meant; a plus in a query is sent as %2B.' : '';
    return this.refuse(name, 'invalid_email', `${name} must be a valid email address.${hint}`);
  }

  /** Notes what is wrong with a parameter, unless something was noted of it before. */
  refuse(field: string, code: string, message: string): undefined {
    if (this.#errors.every((error) => error.field !== field)) this.#errors.push({ field, code, message });
    return undefined;
  }

  /** @throws PartnerError `invalid_query` that lists every parameter at fault */
  finish(): void {
    if (this.#errors.length > 0) throw new PartnerError('invalid_query', undefined, { errors: this.#errors });
  }

  #choice<T extends string>(
    name: string,
    choices: readonly T[],
    isSame: (choice: T, text: string) => boolean,
  ): T | undefined {
    const text = this.text(name, LONGEST_TEXT);
    if (text === undefined) return undefined;
    const choice = choices.find((candidate) => isSame(candidate, text));
    return choice ?? this.refuse(name, 'invalid_value', `${name} must be one of: ${choices.join(', ')}.`);
  }
}
