import type { ContactInput, CustomerInput, CustomerPatch, FieldError } from '@countersign/contract';
import { ContactInputSchema, CustomerInputSchema, CustomerPatchSchema } from '@countersign/contract/schemas';
import type { Checked } from '../validation/checked.js';
import { type SchemaValidator, schemaValidator } from '../validation/schema-validator.js';
import { UnusedFields } from '../validation/unused-fields.js';
import { contactErrors } from './contacts/contact-rules.js';
import {
  noteUnusedOfContact,
  noteUnusedOfCustomer,
  noteUnusedOfPatch,
  noteUnusedOfPatchRow,
  usedOfContact,
  usedOfCustomer,
  usedOfPatch,
} from './input-warnings.js';

interface BodyRules {
  readonly isShaped: SchemaValidator;
  noteUnused(body: object, path: string, unused: UnusedFields): void;
  /** The body without what is not used. */
  used(body: object): object;
  moreErrors(body: object): FieldError[];
}

const customerRules: BodyRules = {
  isShaped: schemaValidator(CustomerInputSchema),
  noteUnused: noteUnusedOfCustomer,
  used: usedOfCustomer,
  moreErrors: (body) => contactErrors(Reflect.get(body, 'contacts'), 'contacts'),
};

const patchRules: BodyRules = {
  isShaped: schemaValidator(CustomerPatchSchema),
  noteUnused: noteUnusedOfPatch,
  used: usedOfPatch,
  moreErrors: () => [],
};

const patchRowRules: BodyRules = { ...patchRules, noteUnused: noteUnusedOfPatchRow };

const contactRules: BodyRules = {
  isShaped: schemaValidator(ContactInputSchema),
  noteUnused: noteUnusedOfContact,
  used: usedOfContact,
  moreErrors: () => [],
};

/** A row of a bulk call. */
export interface RowPlace {
  /** Stands before each field that is not used. Errors do not name it, since they stand inside the row's own result. */
  readonly path: string;
  /** The unused fields of all rows. */
  readonly unused: UnusedFields;
}

/** Checks a customer to create, contract §3.1. */
export function checkCustomerInput(body: object, row?: RowPlace): Checked<CustomerInput> {
  return check<CustomerInput>(body, customerRules, row);
}

/** Checks a partial update of a customer, contract §3.2. */
export function checkCustomerPatch(body: object): Checked<CustomerPatch> {
  return check<CustomerPatch>(body, patchRules);
}

/** Checks a partial update in a row of a bulk call, contract §3.2; its `uuid` is left to the caller. */
export function checkCustomerPatchRow(body: object, row: RowPlace): Checked<CustomerPatch> {
  return check<CustomerPatch>(body, patchRowRules, row);
}

/** Checks a contact, contract §3.1; that it names a person at all is checked on the whole contact. */
export function checkContactInput(body: object): Checked<ContactInput> {
  return check<ContactInput>(body, contactRules);
}

function check<T>(body: object, rules: BodyRules, { path, unused }: RowPlace = newPlace()): Checked<T> {
  trimName(body);
  const shapeErrors = rules.isShaped(body);
  const errors = [...shapeErrors, ...rules.moreErrors(body)];
  if (errors.length > 0) return { errors };
  const before = unused.count;
  rules.noteUnused(body, path, unused);
  // What is not used goes no further: it may be nested so deep that it cannot be copied to the writer.
  return {
    value: asChecked<T>(unused.count === before ? body : rules.used(body)),
    warnings: unused.warnings,
  };
}

const newPlace = (): RowPlace => ({ path: '', unused: new UnusedFields() });

// The name is stored trimmed; the body was parsed for this request alone.
function trimName(body: object): void {
  const name: unknown = Reflect.get(body, 'customer');
  if (typeof name === 'string') Reflect.set(body, 'customer', name.trim());
}

// The schema has just been checked; T is the type made from it.
function asChecked<T>(body: object): T {
  return body as T;
}
