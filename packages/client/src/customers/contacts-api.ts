import type { Contact, ContactInput } from '@countersign/contract';
import { callEndpoint } from '../call-endpoint.js';
import type { CallOptions, WriteOptions } from '../call-options.js';
import type { ClientSettings } from '../client-settings.js';
import { pathPart } from '../path-part.js';
import type { Result } from '../sending/read-result.js';

/** What a delete answers. */
export interface DeletedRecord {
  readonly uuid: string;
  /** The same value as `uuid`. */
  readonly id: string;
  readonly deleted: true;
}

/** Names one contact of one customer. */
export interface ContactAddress {
  readonly customerUuid: string;
  readonly contactUuid: string;
}

/** Calls on the contacts of a customer, contract §3.2. All throw {@link CountersignError}. */
export interface ContactsApi {
  /** All contacts of a customer, at most 100. */
  list(customerUuid: string, options?: CallOptions): Promise<Result<Contact[]>>;
  /** Adds a contact; a primary one takes that mark from the others. */
  create(customerUuid: string, contact: ContactInput, options?: WriteOptions): Promise<Result<Contact>>;
  /** Changes the given fields of a contact; the others stay. */
  update(address: ContactAddress, patch: ContactInput, options?: WriteOptions): Promise<Result<Contact>>;
  /** Removes a contact. */
  delete(address: ContactAddress, options?: WriteOptions): Promise<Result<DeletedRecord>>;
}

/** The calls on contacts, bound to a client's settings. */
export function createContactsApi(settings: ClientSettings): ContactsApi {
  return {
    list: async (customerUuid, options = {}) =>
      callEndpoint(settings, { method: 'GET', path: listPath(customerUuid), field: 'contacts' }, options),
    create: async (customerUuid, contact, options = {}) =>
      callEndpoint(
        settings,
        { method: 'POST', path: listPath(customerUuid), body: contact, field: 'contact' },
        options,
      ),
    update: async (address, patch, options = {}) =>
      callEndpoint(settings, { method: 'PATCH', path: contactPath(address), body: patch, field: 'contact' }, options),
    delete: async (address, options = {}) =>
      callEndpoint(settings, { method: 'DELETE', path: contactPath(address) }, options),
  };
}

function listPath(customerUuid: string): string {
  return `/customers/${pathPart('customerUuid', customerUuid)}/contacts`;
}

function contactPath({ customerUuid, contactUuid }: ContactAddress): string {
  return `${listPath(customerUuid)}/${pathPart('contactUuid', contactUuid)}`;
}
