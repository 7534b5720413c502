import type { Contact, Customer } from '@countersign/contract';
import { isSameValue } from '../../is-same-value.js';
import type { Taken } from './merge-store.js';
import { takeBackNotes } from './take-back.js';

/** What a customer gave to one that it was merged into, and what had been merged into itself. */
export interface GivenOn {
  /** What the next one took. */
  readonly given: Taken;
  /** What it had taken of another before. */
  readonly source: Taken;
}

/** What of a merge came from another that was merged before into the customer that gives. */
export function partOf({ given, source }: GivenOn): Taken {
  const fields = Object.fromEntries(
    Object.entries(given.fields).filter(([name, { to }]) => isSameValue(source.fields[name]?.to, to)),
  );
  const { email, customer } = source.fields;
  // Its own former email, which went among the contacts, stays its own.
  const gave = new Map(
    source.contacts
      .filter((contact) => contact.email === null || !isSameValue(contact.email, email?.from))
      .map((contact) => [contact.uuid, textOf(contact)]),
  );
  const contacts = given.contacts.filter(
    (contact) =>
      gave.get(contact.uuid) === textOf(contact) ||
      isSameValue(contact.email, email?.to) ||
      isSameValue(contact.name, customer?.to),
  );
  return {
    fields,
    contacts,
    metadata: fields.metadata === undefined ? partOfMetadata({ given, source }) : {},
    notes: fields.notes === undefined ? partOfNotes({ given, source }) : null,
  };
}

// Who is the primary one is decided anew by each merge.
function textOf(contact: Contact): string {
  return JSON.stringify({ ...contact, isPrimary: false });
}

function partOfMetadata({ given, source }: GivenOn): Customer['metadata'] {
  const gave = new Map(Object.entries({ ...objectOf(source.fields.metadata?.to), ...source.metadata }));
  const former = objectOf(source.fields.metadata?.from);
  const took = { ...objectOf(given.fields.metadata?.to), ...given.metadata };
  const part = Object.entries(took).filter(([key, value]) => gave.get(key) === value && former[key] !== value);
  return Object.fromEntries(part);
}

function partOfNotes({ given, source }: GivenOn): Taken['notes'] {
  const piece = source.notes?.text ?? source.fields.notes?.to;
  const whole = given.notes?.text ?? given.fields.notes?.to;
  if (typeof piece !== 'string' || typeof whole !== 'string' || !whole.includes(piece)) return null;
  return { at: (given.notes?.at ?? 0) + whole.indexOf(piece), text: piece };
}

/** What a merge took, without a part of it. */
export function withoutPart(given: Taken, part: Taken): Taken {
  const fields = Object.entries(given.fields).filter(([name]) => part.fields[name] === undefined);
  const uuids = new Set(part.contacts.map(({ uuid }) => uuid));
  const notes = given.notes === null ? null : withoutNotes(given.notes.text, part);
  return {
    fields: Object.fromEntries(
      fields.map(([name, { from, to }]) => [name, { from, to: valueWithout({ name, value: to }, part) }]),
    ),
    contacts: given.contacts.filter(({ uuid }) => !uuids.has(uuid)),
    metadata: withoutKeys(given.metadata, part),
    notes: given.notes === null || notes === null ? null : { at: given.notes.at, text: notes },
  };
}

/** What a later merge took, without a part of an earlier one in what it would give back. */
export function withoutFormerPart(later: Taken, part: Taken): Taken {
  const fields = Object.entries(later.fields).map(([name, { from, to }]) => {
    return [name, { from: valueWithout({ name, value: from }, part), to }] as const;
  });
  return { ...later, fields: Object.fromEntries(fields) };
}

function valueWithout({ name, value }: { readonly name: string; readonly value: unknown }, part: Taken): unknown {
  if (name === 'metadata') return withoutKeys(objectOf(value), part);
  return name === 'notes' && typeof value === 'string' ? withoutNotes(value, part) : value;
}

function withoutKeys(metadata: Customer['metadata'], part: Taken): Customer['metadata'] {
  return Object.fromEntries(Object.entries(metadata).filter(([key, value]) => part.metadata[key] !== value));
}

function withoutNotes(notes: string, part: Taken): string | null {
  const left = takeBackNotes(notes, part.notes);
  return left === undefined ? notes : left;
}

// A field `metadata` as a merge keeps it.
function objectOf(value: unknown): Customer['metadata'] {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
