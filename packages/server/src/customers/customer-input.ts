import type { ContactInput, CustomerInput, CustomerPatch, FieldError, PartnerWarning } from '@countersign/contract';
import { ContactInputSchema, CustomerInputSchema, CustomerPatchSchema } from '@countersign/contract/schemas';
import type { TSchema } from 'typebox';
import type { Checked } from '../validation/checked.js';
import { withoutCrowdedErrors } from '../validation/crowded-errors.js';
import { fewWarnings } from '../validation/few-warnings.js';
import { joinPath } from '../validation/field-path.js';
import { holdsOddCharacters, oddCharacterErrors } from '../validation/odd-characters.js';
import { type SchemaValidator, schemaValidator } from '../validation/schema-validator.js';
import { contactErrors } from './contact-rules.js';
import {
  addressWarnings,
  contactsWarnings,
  contactWarnings,
  customerWarnings,
  patchWarnings,
  usedOfContact,
  usedOfCustomer,
  usedOfPatch,
} from './input-warnings.js';

interface BodyRules {
  readonly isShaped: SchemaValidator;
  readonly fields: readonly string[];
  warnings(body: object, path: string): PartnerWarning[];
  /** The body without what is warned of. */
  used(body: object): object;
  moreErrors(body: object, path: string): FieldError[];
}

const fieldsOf = (schema: { readonly properties: Readonly<Record<string, TSchema>> }) => Object.keys(schema.properties);

const customerRules: BodyRules = {
  isShaped: schemaValidator(CustomerInputSchema),
  fields: fieldsOf(CustomerInputSchema),
  warnings: (body, path) => [
    ...customerWarnings(body, path),
    ...addressWarnings(body, path),
    ...contactsWarnings(body, path),
  ],
  used: usedOfCustomer,
  moreErrors: (body, path) => contactErrors(Reflect.get(body, 'contacts'), joinPath(path, 'contacts')),
};

const patchRules: BodyRules = {
  isShaped: schemaValidator(CustomerPatchSchema),
  fields: fieldsOf(CustomerPatchSchema),
  warnings: (body, path) => [...patchWarnings(body, path), ...addressWarnings(body, path)],
  used: usedOfPatch,
  moreErrors: () => [],
};

const contactRules: BodyRules = {
  isShaped: schemaValidator(ContactInputSchema),
  fields: fieldsOf(ContactInputSchema),
  warnings: (body, path) => contactWarnings(body, path),
  used: usedOfContact,
  moreErrors: () => [],
};

/** Checks a customer to create, contract §3.1. `path` stands before each field's name, as in a bulk row. */
export function checkCustomerInput(body: object, path = ''): Checked<CustomerInput> {
  return check<CustomerInput>(body, path, customerRules);
}

/** Checks a partial update of a customer, contract §3.2. */
export function checkCustomerPatch(body: object, path = ''): Checked<CustomerPatch> {
  return check<CustomerPatch>(body, path, patchRules);
}

/** Checks a contact, contract §3.1; that it names a person at all is checked on the whole contact. */
export function checkContactInput(body: object): Checked<ContactInput> {
  return check<ContactInput>(body, '', contactRules);
}

function check<T>(body: object, path: string, rules: BodyRules): Checked<T> {
  trimName(body);
  const errors = [
    ...rules.isShaped(body, path),
    ...rules.moreErrors(body, path),
    ...oddErrors(body, path, rules.fields),
  ];
  if (errors.length > 0) return { errors: withoutCrowdedErrors(errors) };
  const warnings = rules.warnings(body, path);
  // What is not used goes no further: it may be nested so deep that it cannot be copied to the writer.
  return {
    value: asChecked<T>(warnings.length === 0 ? body : rules.used(body)),
    warnings: fewWarnings(warnings),
  };
}

function oddErrors(body: object, path: string, fields: readonly string[]): FieldError[] {
  return fields.flatMap((field) => {
    const value: unknown = Reflect.get(body, field);
    return holdsOddCharacters(value) ? oddCharacterErrors(value, joinPath(path, field)) : [];
  });
}

// The name is stored trimmed; the body was parsed for this request alone.
function trimName(body: object): void {
  const name: unknown = Reflect.get(body, 'customer');
  if (typeof name === 'string') Reflect.set(body, 'customer', name.trim());
}

// The schema has just been checked; T is the type made from it.
function asChecked<T>(body: object): T {
  return body as T;
}
