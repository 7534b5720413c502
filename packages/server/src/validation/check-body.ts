import type { FieldError } from '@countersign/contract';
import type { Checked } from './checked.js';
import { UnusedFields } from './unused-fields.js';

/** How bodies of one kind are checked. */
export interface BodyRules {
  /** Everything that is wrong with a body. */
  errorsOf(body: object): readonly FieldError[];
  /** Notes the fields of a body that are not used; `path` stands before their names. */
  noteUnused(body: object, path: string, unused: UnusedFields): void;
  /** A body without what is not used. */
  used(body: object): object;
}

/** Where a body stands that is one of several in a request. */
export interface BodyPlace {
  /** Stands before each field that is not used. Errors do not name it, since they stand inside the body's own result. */
  readonly path: string;
  /** The unused fields of all bodies. */
  readonly unused: UnusedFields;
}

/** Checks a body by its rules, whose schema is that of T. */
export function checkBody<T>(body: object, rules: BodyRules, { path, unused } = wholeRequest()): Checked<T> {
  const errors = rules.errorsOf(body);
  if (errors.length > 0) return { errors };
  const before = unused.count;
  rules.noteUnused(body, path, unused);
  // What is not used goes no further: it may be nested so deep that it cannot be copied to the writer.
  const value = unused.count === before ? body : rules.used(body);
  return { value: asValid<T>(value), warnings: unused.warnings };
}

const wholeRequest = (): BodyPlace => ({ path: '', unused: new UnusedFields() });

// The schema has just been checked; T is the type made from it.
function asValid<T>(body: object): T {
  return body as T;
}
