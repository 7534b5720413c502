import type { Address, AddressInput, Contact, Customer, CustomerInput, CustomerPatch } from '@countersign/contract';
import { newContact, textOrNull } from './contacts/contact-rules.js';
import { newCustomerUuid, newUuid } from './new-uuid.js';

/** A new customer from what was sent: defaults filled in, empty texts null, version 1, contract §3.1. */
export function newCustomer(input: CustomerInput, now: Date): Customer {
  const uuid = newCustomerUuid();
  const time = now.toISOString();
  return {
    uuid,
    id: uuid,
    customer: input.customer,
    email: input.email,
    mainPhone: textOrNull(input.mainPhone),
    website: textOrNull(input.website),
    status: input.status ?? 'active',
    billingAddress: addressOrNull(input.billingAddress),
    shippingAddress: addressOrNull(input.shippingAddress),
    contacts: (input.contacts ?? []).map((contact) => newContact(contact, newUuid())),
    notes: textOrNull(input.notes),
    paymentTerm: textOrNull(input.paymentTerm),
    taxNumber: textOrNull(input.taxNumber),
    taxAutoCalculate: input.taxAutoCalculate ?? null,
    taxExcluded: input.taxExcluded ?? null,
    taxes: input.taxes ?? null,
    externalId: textOrNull(input.externalId),
    metadata: input.metadata ?? {},
    createdAt: time,
    updatedAt: time,
    version: 1,
  };
}

/** A customer with the given fields changed; the same object when nothing differs, contract §3.2. */
export function patchedCustomer(customer: Customer, patch: CustomerPatch, now: Date): Customer {
  return changedCustomer(customer, { ...customer, ...changedFields(patch) }, now);
}

/** A customer with other contacts; the same object when nothing differs. */
export function customerWithContacts(customer: Customer, contacts: Contact[], now: Date): Customer {
  return changedCustomer(customer, { ...customer, contacts }, now);
}

/** A customer one version on, whatever its fields. */
export function nextVersion(customer: Customer, now: Date): Customer {
  // A clock that was set back must not make a change look older than the one before it.
  const time = new Date(Math.max(now.getTime(), Date.parse(customer.updatedAt)));
  return { ...customer, updatedAt: time.toISOString(), version: customer.version + 1 };
}

/** A customer with the contents of another version of it; the same object when nothing differs. */
export function withContentsOf(customer: Customer, version: Customer, now: Date): Customer {
  const { updatedAt, version: number } = customer;
  return changedCustomer(customer, { ...version, updatedAt, version: number }, now);
}

function changedCustomer(before: Customer, after: Customer, now: Date): Customer {
  return JSON.stringify(before) === JSON.stringify(after) ? before : nextVersion(after, now);
}

/** What a change makes of each field that it may give; undefined for one that it does not. */
type PatchedFields = { readonly [F in keyof CustomerPatch]-?: Customer[F] | undefined };

function changedFields(patch: CustomerPatch): Partial<Customer> {
  const fields: PatchedFields = {
    customer: patch.customer,
    email: patch.email,
    mainPhone: changedText(patch.mainPhone),
    website: changedText(patch.website),
    status: patch.status,
    billingAddress: patch.billingAddress === undefined ? undefined : addressOrNull(patch.billingAddress),
    shippingAddress: patch.shippingAddress === undefined ? undefined : addressOrNull(patch.shippingAddress),
    notes: changedText(patch.notes),
    paymentTerm: changedText(patch.paymentTerm),
    taxNumber: changedText(patch.taxNumber),
    taxAutoCalculate: patch.taxAutoCalculate,
    taxExcluded: patch.taxExcluded,
    taxes: patch.taxes,
    externalId: changedText(patch.externalId),
    metadata: patch.metadata === null ? {} : patch.metadata,
  };
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

function changedText(text: string | null | undefined): string | null | undefined {
  return text === undefined ? undefined : textOrNull(text);
}

function addressOrNull(input: AddressInput | null | undefined): Address | null {
  if (input === undefined || input === null) return null;
  const address = {
    street: textOrNull(input.street),
    city: textOrNull(input.city),
    state: textOrNull(input.state),
    zipCode: textOrNull(input.zipCode),
    country: textOrNull(input.country),
  };
  return Object.values(address).every((part) => part === null) ? null : address;
}
