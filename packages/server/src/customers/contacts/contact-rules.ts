import { type Contact, type ContactInput, CUSTOMER_LIMITS, type FieldError, PartnerError } from '@countersign/contract';

const NAMING_FIELDS = ['firstName', 'lastName', 'name', 'email', 'phone'] as const;

/** What is wrong with a list of contacts beyond the shape of each: nobody named, two primary ones, contract §3.1. */
export function contactErrors(contacts: unknown, path: string): FieldError[] {
  // Too many are one error, whatever each of them is.
  if (!Array.isArray(contacts) || contacts.length > CUSTOMER_LIMITS.contacts) return [];
  const errors: FieldError[] = [];
  let hasPrimary = false;
  for (const [index, contact] of contacts.entries()) {
    if (typeof contact !== 'object' || contact === null) continue;
    if (!namesSomebody(contact)) errors.push(emptyContactError(`${path}[${index}]`));
    if (Reflect.get(contact, 'isPrimary') !== true) continue;
    if (hasPrimary) errors.push(secondPrimaryError(`${path}[${index}].isPrimary`));
    hasPrimary = true;
  }
  return errors;
}

/** Refuses a contact that names nobody. @throws PartnerError `validation_error` */
export function requireSomebody(contact: Contact): void {
  if (namesSomebody(contact)) return;
  throw new PartnerError('validation_error', undefined, { errors: [emptyContactError('')] });
}

// Whether a contact has a name part, an email or a phone.
function namesSomebody(contact: object): boolean {
  return NAMING_FIELDS.some((field) => {
    const value: unknown = Reflect.get(contact, field);
    // A value of a wrong type is an error of its own.
    return typeof value === 'string' ? value.trim() !== '' : value !== undefined && value !== null;
  });
}

function emptyContactError(field: string): FieldError {
  return {
    field,
    code: 'empty_contact',
    message: `${field === '' ? 'The contact' : field} needs at least one of firstName, lastName, name, email or phone.`,
  };
}

function secondPrimaryError(field: string): FieldError {
  return {
    field,
    code: 'multiple_primary_contacts',
    message: `${field} is the second primary contact; only one contact may be primary.`,
  };
}

/** A new contact from what was sent: empty texts are null, and the name is made from its parts when left out. */
export function newContact(input: ContactInput, uuid: string): Contact {
  const firstName = textOrNull(input.firstName);
  const lastName = textOrNull(input.lastName);
  return {
    uuid,
    firstName,
    lastName,
    name: textOrNull(input.name) ?? joinedName(firstName, lastName),
    email: textOrNull(input.email),
    phone: textOrNull(input.phone),
    isPrimary: input.isPrimary ?? false,
  };
}

/** A contact with the given fields changed; a name that was made from its parts follows them. */
export function patchedContact(contact: Contact, patch: ContactInput): Contact {
  const merged: ContactInput = { ...contact, ...patch };
  const wasMadeFromParts = contact.name === joinedName(contact.firstName, contact.lastName);
  if (patch.name === undefined && wasMadeFromParts) merged.name = null;
  return newContact(merged, contact.uuid);
}

/** A text, or null for one that is empty or was not given. */
export function textOrNull(text: string | null | undefined): string | null {
  return text === undefined || text === '' ? null : text;
}

function joinedName(firstName: string | null, lastName: string | null): string | null {
  return textOrNull([firstName, lastName].filter((part) => part !== null).join(' '));
}
