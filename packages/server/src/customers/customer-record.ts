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

function changedCustomer(before: Customer, after: Customer, now: Date): Customer {
  return JSON.stringify(before) === JSON.stringify(after) ? before : nextVersion(after, now);
}

function changedFields(patch: CustomerPatch): Partial<Customer> {
  const { customer, email, status, billingAddress, shippingAddress } = patch;
  return {
    ...(customer === undefined ? {} : { customer }),
    ...(email === undefined ? {} : { email }),
    ...(status === undefined ? {} : { status }),
    ...(billingAddress === undefined ? {} : { billingAddress: addressOrNull(billingAddress) }),
    ...(shippingAddress === undefined ? {} : { shippingAddress: addressOrNull(shippingAddress) }),
    ...changedTexts(patch),
    ...(patch.taxAutoCalculate === undefined ? {} : { taxAutoCalculate: patch.taxAutoCalculate }),
    ...(patch.taxExcluded === undefined ? {} : { taxExcluded: patch.taxExcluded }),
    ...(patch.taxes === undefined ? {} : { taxes: patch.taxes }),
    ...(patch.metadata === undefined ? {} : { metadata: patch.metadata ?? {} }),
  };
}

const CLEARABLE_TEXTS = ['mainPhone', 'website', 'notes', 'paymentTerm', 'taxNumber', 'externalId'] as const;

function changedTexts(patch: CustomerPatch): Partial<Customer> {
  const changed: Partial<Customer> = {};
  for (const field of CLEARABLE_TEXTS) {
    if (patch[field] !== undefined) changed[field] = textOrNull(patch[field]);
  }
  return changed;
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
