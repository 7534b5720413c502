import type { FieldError } from '@countersign/contract';

const CROWD_CODES = new Set(['too_many_items', 'too_many_keys']);

/**
 * Errors without those inside a list or an object that has too many entries: that it has too many stands for them, and
 * a body of a hundred thousand wrong entries gets no answer that is many times as large.
 */
export function withoutCrowdedErrors(errors: readonly FieldError[]): readonly FieldError[] {
  const crowds = errors.filter(({ code }) => CROWD_CODES.has(code)).map(({ field }) => field);
  if (crowds.length === 0) return errors;
  const isInside = ({ field }: FieldError) =>
    crowds.some((crowd) => field.startsWith(crowd) && (field[crowd.length] === '[' || field[crowd.length] === '.'));
  return errors.filter((error) => !isInside(error));
}
