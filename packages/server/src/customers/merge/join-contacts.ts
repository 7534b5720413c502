import type { Contact, Customer } from '@countersign/contract';
import { emailKey } from '../../storage/customers/email-key.js';
import { foldText, joinDigits } from '../../storage/customers/search-text.js';
import { newContact } from '../contacts/contact-rules.js';
import { newUuid } from '../new-uuid.js';
import type { Joining } from './joining.js';

/**
 * The contacts of several customers as one's, contract §7.3: one per email, else per phone and name, and one that is primary.
 * Main emails that are not that of the result are kept as contacts behind them.
 *
 * @param take told of each contact that was added, with the UUID of the other customer that it is added for
 */
export function joinContacts(
  { contacts: own, email }: Customer,
  { kept, others, fields }: Joining,
  take: (uuid: string, contact: Contact) => void,
): Contact[] {
  const joined = [...own];
  const known = new Set(own.flatMap(keysOf));
  let hasPrimary = own.some(({ isPrimary }) => isPrimary);
  const add = (uuid: string, contact: Contact) => {
    const [key = ''] = keysOf(contact);
    if (known.has(key)) return;
    for (const each of keysOf(contact)) known.add(each);
    const added = { ...contact, isPrimary: contact.isPrimary && !hasPrimary };
    hasPrimary ||= added.isPrimary;
    joined.push(added);
    take(uuid, added);
  };
  for (const { uuid, contacts } of others) for (const contact of contacts) add(uuid, contact);
  for (const customer of [kept, ...others]) {
    if (emailKey(customer.email) === emailKey(email)) continue;
    // What the kept one had until another's email took its place goes when that goes.
    const uuid = customer === kept ? (fields.email ?? kept.uuid) : customer.uuid;
    add(uuid, newContact({ name: customer.customer, email: customer.email }, newUuid()));
  }
  return joined;
}

// What a contact is known by: first what it is compared by, then what others without an email are.
function keysOf({ email, phone, name }: Contact): string[] {
  const person = `person ${joinDigits([phone])} ${foldText(name ?? '')}`;
  return email === null ? [person] : [`email ${emailKey(email)}`, person];
}
