import { entityTag } from '../../http/entity-tag.js';
import { successAnswer } from '../../partner-api/write/answer.js';
import { writeVerb } from '../../partner-api/write/write-verb.js';
import { changeContacts, requireContact } from './change-contacts.js';
import { readContactUuid, readCustomer } from './contact-request.js';

/** Removes a contact, `DELETE …/contacts/{contactUuid}`, contract §3.2. */
export const deleteContact = writeVerb({
  name: 'delete-contact',
  scopes: ['customers:write'],
  read: (request) => ({ ...readCustomer(request), ...readContactUuid(request) }),
  write: async (tx, { contactUuid, ...customerKey }) => {
    const customer = await changeContacts(tx, customerKey, (contacts) => {
      requireContact(contacts, contactUuid);
      return contacts.filter(({ uuid }) => uuid !== contactUuid);
    });
    return successAnswer(200, {
      message: 'Contact deleted successfully',
      json: JSON.stringify({ uuid: contactUuid, id: contactUuid, deleted: true }),
      headers: { etag: entityTag(customer.version) },
    });
  },
});
