import { type Contact, type Customer, PartnerError } from '@countersign/contract';
import { ensureVersionNamed } from '../../http/entity-tag.js';
import type { Transaction } from '../../storage/storage.js';
import { changeCustomer } from '../change-customer.js';
import { customerWithContacts } from '../customer-record.js';
import { customerStore } from '../customer-store.js';
import type { CustomerKey } from './contact-request.js';

/**
 * Gives a customer other contacts, and gives it as it is then; where they are the same there is no new version.
 *
 * @throws PartnerError `customer_not_found`, `version_mismatch`, and whatever `change` throws
 */
export async function changeContacts(
  tx: Transaction,
  { scope, customerUuid, ifMatch }: CustomerKey,
  change: (contacts: readonly Contact[]) => Contact[],
): Promise<Customer> {
  const customer = await customerStore(tx, scope).require(customerUuid);
  ensureVersionNamed(ifMatch, customer.version);
  const changed = customerWithContacts(customer, change(customer.contacts), new Date(tx.now()));
  if (changed !== customer) await changeCustomer(tx, scope, { before: customer, after: changed });
  return changed;
}

/** The contact with a UUID. @throws PartnerError `contact_not_found` */
export function requireContact(contacts: readonly Contact[], uuid: string): Contact {
  const contact = contacts.find((candidate) => candidate.uuid === uuid);
  if (contact === undefined) throw new PartnerError('contact_not_found');
  return contact;
}

/** The contacts where a new or changed one, if it is primary, is the only such. */
export function withOnePrimary(contacts: readonly Contact[], newest: Contact): Contact[] {
  return contacts.map((contact) =>
    newest.isPrimary && contact.uuid !== newest.uuid ? { ...contact, isPrimary: false } : contact,
  );
}
