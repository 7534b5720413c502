import type { PartnerWarning } from '@countersign/contract';
import {
  AddressSchema,
  ContactInputSchema,
  CustomerInputSchema,
  CustomerPatchSchema,
} from '@countersign/contract/schemas';
import { joinPath } from '../validation/field-path.js';
import { picked, unusedFields } from '../validation/unused-fields.js';

const CUSTOMER_FIELDS = new Set(Object.keys(CustomerInputSchema.properties));
const PATCH_FIELDS = new Set(Object.keys(CustomerPatchSchema.properties));
const CONTACT_FIELDS = new Set(Object.keys(ContactInputSchema.properties));
const ADDRESS_FIELDS = new Set(Object.keys(AddressSchema.properties));

/** Fields of a new customer that are not used; nothing is dropped silently, contract §3.1. */
export function customerWarnings(body: object, path: string): PartnerWarning[] {
  return unusedFields(body, path, CUSTOMER_FIELDS);
}

/** Fields of an update that are not used; contacts have routes of their own, contract §3.2. */
export function patchWarnings(body: object, path: string): PartnerWarning[] {
  return unusedFields(body, path, PATCH_FIELDS).map((warning) =>
    warning.field === joinPath(path, 'contacts') ? contactsNotChanged(warning.field) : warning,
  );
}

function contactsNotChanged(field: string): PartnerWarning {
  return {
    field,
    reason: 'use_contacts_routes',
    message: `${field} is not changed here; use the routes under /partners/customers/{uuid}/contacts.`,
  };
}

/** Fields of both addresses that are not used. */
export function addressWarnings(body: object, path: string): PartnerWarning[] {
  return ['billingAddress', 'shippingAddress'].flatMap((field) => {
    const address: unknown = Reflect.get(body, field);
    return typeof address === 'object' && address !== null
      ? unusedFields(address, joinPath(path, field), ADDRESS_FIELDS)
      : [];
  });
}

/** Fields of every contact in a body that are not used. */
export function contactsWarnings(body: object, path: string): PartnerWarning[] {
  const contacts: unknown = Reflect.get(body, 'contacts');
  if (!Array.isArray(contacts)) return [];
  return contacts.flatMap((contact: object, index) => contactWarnings(contact, joinPath(path, `contacts[${index}]`)));
}

/** Fields of one contact that are not used. */
export function contactWarnings(contact: object, path: string): PartnerWarning[] {
  return unusedFields(contact, path, CONTACT_FIELDS);
}

/** A new customer's body without what is not used. */
export function usedOfCustomer(body: object): object {
  return withUsedAddresses({ ...picked(body, CUSTOMER_FIELDS), ...usedContacts(body) });
}

/** An update's body without what is not used. */
export function usedOfPatch(body: object): object {
  return withUsedAddresses(picked(body, PATCH_FIELDS));
}

/** A contact without what is not used. */
export function usedOfContact(contact: object): object {
  return picked(contact, CONTACT_FIELDS);
}

function usedContacts(body: object): object {
  const contacts: unknown = Reflect.get(body, 'contacts');
  return Array.isArray(contacts) ? { contacts: contacts.map((contact: object) => usedOfContact(contact)) } : {};
}

function withUsedAddresses(body: object): object {
  const used: Record<string, unknown> = { ...body };
  for (const field of ['billingAddress', 'shippingAddress']) {
    const address = used[field];
    if (typeof address === 'object' && address !== null) used[field] = picked(address, ADDRESS_FIELDS);
  }
  return used;
}
