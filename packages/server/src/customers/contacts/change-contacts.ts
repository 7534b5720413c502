import {
  type Contact,
  type ContactInput,
  CUSTOMER_LIMITS,
  type Customer,
  PartnerError,
  type PartnerWarning,
} from '@countersign/contract';
import { ensureVersionNamed, entityTag } from '../../http/entity-tag.js';
import { type Answer, successAnswer } from '../../partner-api/write/answer.js';
import { partnerCommand } from '../../partner-api/write/partner-command.js';
import { warningsJson } from '../../partner-api/write/warnings-json.js';
import type { Transaction } from '../../storage/storage.js';
import { customerWithContacts } from '../customer-record.js';
import { customerStore } from '../customer-store.js';
import { newUuid } from '../new-uuid.js';
import { emptyContactError, namesSomebody, newContact, patchedContact } from './contact-rules.js';

interface ContactScope {
  readonly teamId: number;
  readonly customerUuid: string;
  readonly ifMatch: string | undefined;
}

/** A contact to add to a customer. */
export interface CreateContact extends ContactScope {
  readonly contact: ContactInput;
  readonly warnings: readonly PartnerWarning[];
}

/** Adds a contact, `POST /partners/customers/{uuid}/contacts`, contract §3.2. */
export const createContact = partnerCommand<CreateContact>('create-contact', async (tx, request) => {
  const contact = newContact(request.contact, newUuid());
  requireSomebody(contact);
  const customer = await changeContacts(tx, request, (contacts) => {
    if (contacts.length === CUSTOMER_LIMITS.contacts) throw tooManyContacts();
    return withOnePrimary([...contacts, contact], contact);
  });
  return contactAnswer(customer, contact, {
    status: 201,
    message: 'Contact created successfully',
    warnings: request.warnings,
  });
});

/** A partial update of one contact. */
export interface UpdateContact extends CreateContact {
  readonly contactUuid: string;
}

/** Changes the given fields of a contact, `PATCH …/contacts/{contactUuid}`, contract §3.2. */
export const updateContact = partnerCommand<UpdateContact>('update-contact', async (tx, request) => {
  let changed: Contact | undefined;
  const customer = await changeContacts(tx, request, (contacts) => {
    const contact = patchedContact(getContact(contacts, request.contactUuid), request.contact);
    requireSomebody(contact);
    changed = contact;
    return withOnePrimary(
      contacts.map((other) => (other.uuid === contact.uuid ? contact : other)),
      contact,
    );
  });
  if (changed === undefined) throw new Error('a contact was changed and is not known');
  return contactAnswer(customer, changed, {
    status: 200,
    message: 'Contact updated successfully',
    warnings: request.warnings,
  });
});

/** One contact to remove. */
export interface DeleteContact extends ContactScope {
  readonly contactUuid: string;
}

/** Removes a contact, `DELETE …/contacts/{contactUuid}`, contract §3.2. */
export const deleteContact = partnerCommand<DeleteContact>('delete-contact', async (tx, request) => {
  const { contactUuid } = request;
  const customer = await changeContacts(tx, request, (contacts) => {
    getContact(contacts, contactUuid);
    return contacts.filter(({ uuid }) => uuid !== contactUuid);
  });
  return successAnswer(200, {
    message: 'Contact deleted successfully',
    json: JSON.stringify({ uuid: contactUuid, id: contactUuid, deleted: true }),
    headers: { etag: entityTag(customer.version) },
  });
});

async function changeContacts(
  tx: Transaction,
  { teamId, customerUuid, ifMatch }: ContactScope,
  change: (contacts: readonly Contact[]) => Contact[],
): Promise<Customer> {
  const store = customerStore(tx, teamId);
  const customer = await store.get(customerUuid);
  ensureVersionNamed(ifMatch, customer.version);
  const changed = customerWithContacts(customer, change(customer.contacts), new Date(tx.now()));
  if (changed !== customer) await store.update({ before: customer, after: changed });
  return changed;
}

function getContact(contacts: readonly Contact[], uuid: string): Contact {
  const contact = contacts.find((candidate) => candidate.uuid === uuid);
  if (contact === undefined) throw new PartnerError('contact_not_found');
  return contact;
}

function withOnePrimary(contacts: readonly Contact[], newest: Contact): Contact[] {
  return contacts.map((contact) =>
    newest.isPrimary && contact.uuid !== newest.uuid ? { ...contact, isPrimary: false } : contact,
  );
}

function requireSomebody(contact: Contact): void {
  if (namesSomebody(contact)) return;
  throw new PartnerError('validation_error', undefined, { errors: [emptyContactError('')] });
}

function tooManyContacts(): PartnerError {
  const message = `contacts must have at most ${CUSTOMER_LIMITS.contacts} entries.`;
  return new PartnerError('validation_error', undefined, {
    errors: [{ field: 'contacts', code: 'too_many_items', message }],
  });
}

interface ContactAnswerOptions {
  readonly status: number;
  readonly message: string;
  readonly warnings: readonly PartnerWarning[];
}

function contactAnswer(customer: Customer, contact: Contact, options: ContactAnswerOptions): Answer {
  const location = `/partners/customers/${customer.uuid}/contacts/${contact.uuid}`;
  return successAnswer(options.status, {
    message: options.message,
    json: `{"contact":${JSON.stringify(contact)}${warningsJson(options.warnings)}}`,
    headers: { etag: entityTag(customer.version), ...(options.status === 201 ? { location } : {}) },
  });
}
