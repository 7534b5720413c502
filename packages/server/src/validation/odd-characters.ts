import type { FieldError } from '@countersign/contract';
import { joinPath } from './field-path.js';

/** Whether a text has a NUL or half of a surrogate pair, which no database stores faithfully, contract §3.1. */
export function hasOddCharacters(text: string): boolean {
  return text.includes('\0') || !text.isWellFormed();
}

/** Levels of a field that are looked at: none has more, so what is deeper has a wrong type already. */
const DEEPEST_LEVEL = 4;

/** Whether any text in a field has a NUL or half of a surrogate pair; cheap, since nearly none has. */
export function holdsOddCharacters(value: unknown, level = 0): boolean {
  if (typeof value === 'string') return hasOddCharacters(value);
  if (typeof value !== 'object' || value === null || level === DEEPEST_LEVEL) return false;
  for (const key of Object.keys(value)) {
    if (hasOddCharacters(key) || holdsOddCharacters(Reflect.get(value, key), level + 1)) return true;
  }
  return false;
}

/** An error for each text in a field that has a NUL or half of a surrogate pair. */
export function oddCharacterErrors(value: unknown, path: string, level = 0): FieldError[] {
  if (typeof value === 'string') return hasOddCharacters(value) ? [oddCharacterError(path)] : [];
  if (typeof value !== 'object' || value === null || level === DEEPEST_LEVEL) return [];
  const next = level + 1;
  if (Array.isArray(value)) return value.flatMap((item, index) => oddCharacterErrors(item, `${path}[${index}]`, next));
  return Object.entries(value).flatMap(([key, item]) => {
    const field = joinPath(path, key.toWellFormed());
    return [...(hasOddCharacters(key) ? [oddCharacterError(field)] : []), ...oddCharacterErrors(item, field, next)];
  });
}

function oddCharacterError(field: string): FieldError {
  return { field, code: 'invalid_characters', message: `${field} must not contain NUL or half of a surrogate pair.` };
}
