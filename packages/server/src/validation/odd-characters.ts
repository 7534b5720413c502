import type { FieldError } from '@countersign/contract';
import { joinPath } from './field-path.js';

/** Whether a text has a NUL or half of a surrogate pair, which no database stores faithfully, contract §3.1. */
export function hasOddCharacters(text: string): boolean {
  return text.includes('\0') || !text.isWellFormed();
}

/** An error for each text in a value, at any depth, that has a NUL or half of a surrogate pair. */
export function oddCharacterErrors(value: unknown, path = ''): FieldError[] {
  if (typeof value === 'string') return hasOddCharacters(value) ? [oddCharacterError(path)] : [];
  if (Array.isArray(value)) return value.flatMap((item, index) => oddCharacterErrors(item, `${path}[${index}]`));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) => [
    ...(hasOddCharacters(key) ? [oddCharacterError(joinPath(path, key.toWellFormed()))] : []),
    ...oddCharacterErrors(item, joinPath(path, key)),
  ]);
}

function oddCharacterError(field: string): FieldError {
  return { field, code: 'invalid_characters', message: `${field} must not contain NUL or half of a surrogate pair.` };
}
