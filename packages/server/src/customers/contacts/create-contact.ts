import { CUSTOMER_LIMITS, PartnerError } from '@countersign/contract';
import { writeVerb } from '../../partner-api/write/write-verb.js';
import { newUuid } from '../new-uuid.js';
import { changeContacts, withOnePrimary } from './change-contacts.js';
import { contactAnswer } from './contact-answer.js';
import { readContact, readCustomer } from './contact-request.js';
import { newContact, requireSomebody } from './contact-rules.js';

/** Adds a contact, `POST /partners/customers/{uuid}/contacts`, contract §3.2. */
export const createContact = writeVerb({
  name: 'create-contact',
  scopes: ['customers:write'],
  read: (request) => ({ ...readCustomer(request), ...readContact(request) }),
  write: async (tx, { input, warnings, ...customerKey }) => {
    const contact = newContact(input, newUuid());
    requireSomebody(contact);
    const customer = await changeContacts(tx, customerKey, (contacts) => {
      if (contacts.length === CUSTOMER_LIMITS.contacts) throw tooManyContacts();
      return withOnePrimary([...contacts, contact], contact);
    });
    return contactAnswer(customer, contact, { status: 201, message: 'Contact created successfully', warnings });
  },
});

function tooManyContacts(): PartnerError {
  const message = `contacts must have at most ${CUSTOMER_LIMITS.contacts} entries.`;
  return new PartnerError('validation_error', undefined, {
    errors: [{ field: 'contacts', code: 'too_many_items', message }],
  });
}
