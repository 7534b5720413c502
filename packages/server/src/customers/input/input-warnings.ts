import type { PartnerWarning } from '@countersign/contract';
import {
  AddressSchema,
  ContactInputSchema,
  CustomerInputSchema,
  CustomerPatchSchema,
} from '@countersign/contract/schemas';
import { joinPath } from '../../validation/field-path.js';
import { picked, type UnusedFields } from '../../validation/unused-fields.js';

const CUSTOMER_FIELDS = new Set(Object.keys(CustomerInputSchema.properties));
const PATCH_FIELDS = new Set(Object.keys(CustomerPatchSchema.properties));
const PATCH_FIELDS_AND_CONTACTS = new Set([...PATCH_FIELDS, 'contacts']);
const PATCH_ROW_FIELDS = new Set([...PATCH_FIELDS_AND_CONTACTS, 'uuid']);
const CONTACT_FIELDS = new Set(Object.keys(ContactInputSchema.properties));
const ADDRESS_FIELDS = new Set(Object.keys(AddressSchema.properties));

/** Notes fields of a new customer that are not used; nothing is dropped silently, contract §3.1. */
export function noteUnusedOfCustomer(body: object, path: string, unused: UnusedFields): void {
  unused.note(body, path, CUSTOMER_FIELDS);
  noteUnusedOfAddresses(body, path, unused);
  const contacts: unknown = Reflect.get(body, 'contacts');
  if (!Array.isArray(contacts)) return;
  for (const [index, contact] of contacts.entries()) {
    noteUnusedOfContact(contact, joinPath(path, `contacts[${index}]`), unused);
  }
}

/** Notes fields of an update that are not used; contacts have routes of their own, contract §3.2. */
export function noteUnusedOfPatch(body: object, path: string, unused: UnusedFields): void {
  noteUnusedOfChange(body, { path, used: PATCH_FIELDS_AND_CONTACTS }, unused);
}

/** The same of a row of a bulk update, which names its customer. */
export function noteUnusedOfPatchRow(body: object, path: string, unused: UnusedFields): void {
  noteUnusedOfChange(body, { path, used: PATCH_ROW_FIELDS }, unused);
}

/** Notes fields of one contact that are not used. */
export function noteUnusedOfContact(contact: object, path: string, unused: UnusedFields): void {
  unused.note(contact, path, CONTACT_FIELDS);
}

interface PatchPlace {
  readonly path: string;
  readonly used: ReadonlySet<string>;
}

function noteUnusedOfChange(body: object, { path, used }: PatchPlace, unused: UnusedFields): void {
  if (Object.hasOwn(body, 'contacts')) unused.add(() => contactsNotChanged(joinPath(path, 'contacts')));
  unused.note(body, path, used);
  noteUnusedOfAddresses(body, path, unused);
}

function noteUnusedOfAddresses(body: object, path: string, unused: UnusedFields): void {
  for (const field of ['billingAddress', 'shippingAddress']) {
    const address: unknown = Reflect.get(body, field);
    if (typeof address === 'object' && address !== null) unused.note(address, joinPath(path, field), ADDRESS_FIELDS);
  }
}

function contactsNotChanged(field: string): PartnerWarning {
  return {
    field,
    reason: 'use_contacts_routes',
    message: `${field} is not changed here; use the routes under /partners/customers/{uuid}/contacts.`,
  };
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
