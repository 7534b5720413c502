import type { FieldError } from '@countersign/contract';

/** A query string as parsed: repeated parameters are lists, and what cannot be decoded is not in it. */
export type RawQuery = Readonly<Record<string, string | readonly string[] | undefined>>;

const NO_QUERY: RawQuery = Object.freeze(Object.create(null));

/** Parameters of a query that could not be decoded, by name. */
const undecodable = new WeakMap<object, readonly string[]>();

/**
 * Parses a query string, or a form, which is written alike. Never throws: {@link decodingErrors} tells what could not be
 * decoded, which other parsers replace without a word.
 */
export function parseQuery(text: string): RawQuery {
  if (text === '') return NO_QUERY;
  const query: Record<string, string | string[]> = Object.create(null);
  const faulty: string[] = [];
  for (const part of text.split('&')) {
    if (part === '') continue;
    const end = part.indexOf('=');
    const rawName = end === -1 ? part : part.slice(0, end);
    const name = decoded(rawName);
    const value = end === -1 ? '' : decoded(part.slice(end + 1));
    if (name === undefined || value === undefined) faulty.push(name ?? rawName);
    else query[name] = joined(query[name], value);
  }
  if (faulty.length > 0) undecodable.set(query, faulty);
  return query;
}

/** An error for each parameter of a parsed query whose percent-encoding is malformed or not UTF-8. */
export function decodingErrors(query: object): FieldError[] {
  const names = new Set(undecodable.get(query));
  return [...names].map((field) => ({
    field,
    code: 'invalid_encoding',
    message: `${field} must be UTF-8 in percent-encoding: ü is sent as %C3%BC, and % as %25.`,
  }));
}

function decoded(text: string): string | undefined {
  const spaced = text.includes('+') ? text.replaceAll('+', ' ') : text;
  if (!spaced.includes('%')) return spaced;
  try {
    return decodeURIComponent(spaced);
  } catch {
    return undefined;
  }
}

function joined(before: string | string[] | undefined, value: string): string | string[] {
  if (before === undefined) return value;
  if (typeof before === 'string') return [before, value];
  before.push(value);
  return before;
}
