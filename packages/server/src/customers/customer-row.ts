import { CUSTOMER_LIMITS, type Customer, PartnerError } from '@countersign/contract';
import { emailKey } from '../storage/customers/email-key.js';
import { foldText, joinDigits, joinSearched } from '../storage/customers/search-text.js';
import type { NewCustomer } from '../storage/storage.js';

/** A customer as its table row: the object as answered, and what it is found, sorted and counted by. */
export type CustomerRow = Omit<NewCustomer, 'madeBy' | 'importUuid' | 'mark'>;

/** The row of a customer. The body is rendered here, once for all reads. */
export function customerRow(customer: Customer): CustomerRow {
  const { contacts } = customer;
  return {
    uuid: customer.uuid,
    status: customer.status,
    createdAt: Date.parse(customer.createdAt),
    updatedAt: Date.parse(customer.updatedAt),
    version: customer.version,
    nameKey: foldText(customer.customer),
    emailKey: emailKey(customer.email),
    phoneKey: joinDigits([customer.mainPhone, ...contacts.map(({ phone }) => phone)]),
    searchText: searchTextOf(customer),
    externalId: customer.externalId,
    body: JSON.stringify(customer),
  };
}

/** Bytes that a UTF-16 unit has in UTF-8, at most. */
const MOST_BYTES = 3;

/**
 * The row of a customer that is new or was changed. What was stored before there was a limit is still read, deleted and
 * restored.
 *
 * @throws PartnerError `validation_error` for one that is too large, which names the field that takes most of it
 */
export function requireCustomerRow(customer: Customer): CustomerRow {
  const row = customerRow(customer);
  const limit = CUSTOMER_LIMITS.bytes;
  if (row.body.length * MOST_BYTES > limit && Buffer.byteLength(row.body) > limit) throw tooLarge(customer, row);
  return row;
}

function tooLarge(customer: Customer, { body }: CustomerRow): PartnerError {
  const sizes = Object.entries(customer).map(([field, value]) => ({ field, length: JSON.stringify(value).length }));
  const { field } = sizes.reduce((largest, next) => (next.length > largest.length ? next : largest));
  const [size, most] = [Buffer.byteLength(body), CUSTOMER_LIMITS.bytes].map((bytes) => Math.ceil(bytes / 1024));
  const message = `${field} makes the customer too large: it has ${size} KiB as JSON, and at most ${most} KiB are stored.`;
  return new PartnerError('validation_error', undefined, { errors: [{ field, code: 'too_large', message }] });
}

// The name of a contact has the parts of it, most often, which then are left out.
function searchTextOf({ customer, email, mainPhone, externalId, contacts }: Customer): string {
  return joinSearched([
    customer,
    email,
    mainPhone,
    externalId,
    ...contacts.flatMap(({ name, firstName, lastName, email, phone }) => [name, firstName, lastName, email, phone]),
  ]);
}

/** The customer of a stored body. */
export function parseCustomerBody(body: string): Customer {
  const customer: Customer = JSON.parse(body);
  return customer;
}
