import { type FieldError, PartnerError } from '@countersign/contract';
import { hasOddCharacters } from './odd-characters.js';

/** A query string as parsed: repeated parameters are lists. */
export type RawQuery = Readonly<Record<string, string | readonly string[] | undefined>>;

/** ISO 8601: a date, or a date and a time with its zone. */
const ISO_TIME = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:\d{2}))?$/;

/** Most characters of a number, a word or a time. */
const LONGEST_TEXT = 255;

/** Reads the parameters of a query one by one, and refuses the query at the end for all that was wrong with it. */
export class QueryReader {
  readonly #query: RawQuery;
  readonly #errors: FieldError[] = [];

  constructor(query: RawQuery) {
    this.#query = query;
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

  /** One of some words. */
  choice<T extends string>(name: string, choices: readonly T[]): T | undefined {
    const text = this.text(name, LONGEST_TEXT);
    if (text === undefined) return undefined;
    const choice = choices.find((candidate) => candidate === text);
    return choice ?? this.refuse(name, 'invalid_value', `${name} must be one of: ${choices.join(', ')}.`);
  }

  /** A moment, as milliseconds since 1970. */
  time(name: string): number | undefined {
    const text = this.text(name, LONGEST_TEXT);
    if (text === undefined) return undefined;
    const time = parseTime(text);
    if (time !== undefined) return time;
    return this.refuse(name, 'invalid_value', `${name} must be an ISO 8601 time, such as 2026-01-31T12:00:00Z.`);
  }

  /** Notes what is wrong. */
  refuse(field: string, code: string, message: string): undefined {
    this.#errors.push({ field, code, message });
    return undefined;
  }

  /** @throws PartnerError `invalid_query` that lists every parameter at fault */
  finish(): void {
    if (this.#errors.length > 0) throw new PartnerError('invalid_query', undefined, { errors: this.#errors });
  }
}

/** Milliseconds since 1970 of an ISO 8601 text: a date, or a date and a time with its zone; undefined for another. */
export function parseTime(text: string): number | undefined {
  const time = ISO_TIME.test(text) ? Date.parse(text) : Number.NaN;
  return !Number.isNaN(time) && isDay(text.slice(0, 10)) ? time : undefined;
}

// Date.parse takes the 30th of February for the 2nd of March.
function isDay(text: string): boolean {
  return new Date(`${text}T00:00:00Z`).toISOString().startsWith(text);
}
