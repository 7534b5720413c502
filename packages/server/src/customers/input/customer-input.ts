import type { ContactInput, CustomerInput, CustomerPatch } from '@countersign/contract';
import { ContactInputSchema, CustomerInputSchema, CustomerPatchSchema } from '@countersign/contract/schemas';
import { type BodyPlace, type BodyRules, checkBody } from '../../validation/check-body.js';
import type { Checked } from '../../validation/checked.js';
import { schemaValidator } from '../../validation/schema-validator.js';
import { contactErrors } from '../contacts/contact-rules.js';
import {
  noteUnusedOfContact,
  noteUnusedOfCustomer,
  noteUnusedOfPatch,
  noteUnusedOfPatchRow,
  usedOfContact,
  usedOfCustomer,
  usedOfPatch,
} from './input-warnings.js';

const shapeErrors = schemaValidator(CustomerInputSchema);

const customerRules: BodyRules = {
  errorsOf: (body) => [...shapeErrors(body), ...contactErrors(Reflect.get(body, 'contacts'), 'contacts')],
  noteUnused: noteUnusedOfCustomer,
  used: usedOfCustomer,
};

const patchRules: BodyRules = {
  errorsOf: schemaValidator(CustomerPatchSchema),
  noteUnused: noteUnusedOfPatch,
  used: usedOfPatch,
};

const patchRowRules: BodyRules = { ...patchRules, noteUnused: noteUnusedOfPatchRow };

const contactRules: BodyRules = {
  errorsOf: schemaValidator(ContactInputSchema),
  noteUnused: noteUnusedOfContact,
  used: usedOfContact,
};

/** Checks a customer to create, contract §3.1. */
export function checkCustomerInput(body: object, row?: BodyPlace): Checked<CustomerInput> {
  return check<CustomerInput>(body, customerRules, row);
}

/** Checks a partial update of a customer, contract §3.2. */
export function checkCustomerPatch(body: object, row?: BodyPlace): Checked<CustomerPatch> {
  return check<CustomerPatch>(body, patchRules, row);
}

/** Checks a partial update in a row of a bulk call, contract §3.2; its `uuid` is left to the caller. */
export function checkCustomerPatchRow(body: object, row: BodyPlace): Checked<CustomerPatch> {
  return check<CustomerPatch>(body, patchRowRules, row);
}

/** Checks a contact, contract §3.1; that it names a person at all is checked on the whole contact. */
export function checkContactInput(body: object): Checked<ContactInput> {
  return check<ContactInput>(body, contactRules);
}

function check<T>(body: object, rules: BodyRules, row?: BodyPlace): Checked<T> {
  trimName(body);
  return checkBody<T>(body, rules, row);
}

// The name is stored trimmed; the body was parsed for this request alone.
function trimName(body: object): void {
  const name: unknown = Reflect.get(body, 'customer');
  if (typeof name === 'string') Reflect.set(body, 'customer', name.trim());
}
