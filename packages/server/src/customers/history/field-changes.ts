import type { Customer } from '@countersign/contract';
import { isSameValue } from '../../is-same-value.js';

/** A field of a customer that a version has otherwise than the one before it; null where there was or is nothing. */
export interface FieldChange {
  readonly field: string;
  readonly from: unknown;
  readonly to: unknown;
}

/** Fields that every version has otherwise, or none has. */
const NOT_TOLD: ReadonlySet<string> = new Set(['uuid', 'id', 'createdAt', 'updatedAt', 'version']);

/**
 * What a version changed, a field of the object each: over what was before it, the values of `to` give what it is. The first
 * version has all that is not null.
 */
export function fieldChanges(before: Customer | undefined, after: Customer): FieldChange[] {
  const former = new Map<string, unknown>(Object.entries(before ?? {}));
  return Object.entries(after)
    .filter(([field, value]) => !NOT_TOLD.has(field) && !isSameValue(former.get(field) ?? null, value))
    .map(([field, to]) => ({ field, from: former.get(field) ?? null, to }));
}
