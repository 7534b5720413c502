import type { Contact } from '@countersign/contract';
import { writeVerb } from '../../partner-api/write/write-verb.js';
import { changeContacts, requireContact, withOnePrimary } from './change-contacts.js';
import { contactAnswer } from './contact-answer.js';
import { readContact, readContactUuid, readCustomer } from './contact-request.js';
import { patchedContact, requireSomebody } from './contact-rules.js';

/** Changes the given fields of a contact, `PATCH …/contacts/{contactUuid}`, contract §3.2. */
export const updateContact = writeVerb({
  name: 'update-contact',
  scopes: ['customers:write'],
  read: (request) => ({ ...readCustomer(request), ...readContactUuid(request), ...readContact(request) }),
  write: async (tx, { contactUuid, input, warnings, ...customerKey }) => {
    let changed: Contact | undefined;
    const customer = await changeContacts(tx, customerKey, (contacts) => {
      const contact = patchedContact(requireContact(contacts, contactUuid), input);
      requireSomebody(contact);
      changed = contact;
      return withOnePrimary(
        contacts.map((other) => (other.uuid === contact.uuid ? contact : other)),
        contact,
      );
    });
    if (changed === undefined) throw new Error('a contact was changed and is not known');
    return contactAnswer(customer, changed, { status: 200, message: 'Contact updated successfully', warnings });
  },
});
