import { type FieldError, PartnerError, type PartnerWarning } from '@countersign/contract';

/** A body that was checked, with what in it was not used. */
export interface Parsed<T> {
  readonly value: T;
  readonly warnings: readonly PartnerWarning[];
}

/** A body that was checked, or everything that is wrong with it. */
export type Checked<T> = Parsed<T> | { readonly errors: readonly FieldError[] };

/** The value of a check. @throws PartnerError `validation_error` that lists every field at fault */
export function requireValid<T>(checked: Checked<T>): Parsed<T> {
  if ('errors' in checked) throw new PartnerError('validation_error', undefined, { errors: checked.errors });
  return checked;
}
