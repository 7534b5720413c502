import {
  CUSTOMER_LIMITS,
  type Customer,
  type FieldError,
  MERGE_FIELDS,
  type MergeField,
  PartnerError,
} from '@countersign/contract';
import { joinContacts } from './join-contacts.js';
import type { Joining } from './joining.js';
import type { Taken } from './merge-store.js';

/** Between the notes of two customers. */
export const NOTES_GAP = '\n\n';

/** Fields that are put together where nobody is named to take them from. */
const JOINED: ReadonlySet<MergeField> = new Set(['notes', 'metadata']);

/** What came of it: the kept one with all that it takes, and what it took from each of the others, in their order. */
export interface Joined {
  readonly customer: Customer;
  readonly taken: readonly Taken[];
}

/** A part of what was joined, from one of the others. */
interface Gathered {
  readonly fields: Record<string, { readonly from: unknown; readonly to: unknown }>;
  readonly contacts: Customer['contacts'];
  metadata: Customer['metadata'];
  notes: Taken['notes'];
}

/**
 * Makes one customer of several, contract §7.3: it keeps what it has, and what it lacks comes from the others in their order.
 *
 * @throws PartnerError `validation_error` that names notes, contacts and metadata where they become more than is stored
 */
export function joinCustomers(joining: Joining): Joined {
  const { kept, others } = joining;
  const gathered = new Map(
    others.map((other): [string, Gathered] => [other.uuid, { fields: {}, contacts: [], metadata: {}, notes: null }]),
  );
  const filled: Customer = { ...kept, ...takeFields(joining, gathered) };
  const customer = {
    ...filled,
    notes: joinNotes(filled, joining, gathered),
    metadata: joinMetadata(filled, joining, gathered),
    contacts: joinContacts(filled, joining, (uuid, contact) => gathered.get(uuid)?.contacts.push(contact)),
  };
  requireRoom(customer);
  return { customer, taken: [...gathered.values()] };
}

function takeFields({ kept, others, fields }: Joining, gathered: ReadonlyMap<string, Gathered>): Partial<Customer> {
  const taken: [MergeField, unknown][] = [];
  for (const field of MERGE_FIELDS) {
    const from = kept[field] ?? null;
    const isOpen = fields[field] === undefined && from === null && !JOINED.has(field);
    const source = isOpen
      ? others.find((other) => (other[field] ?? null) !== null)
      : others.find(({ uuid }) => uuid === fields[field]);
    const to = source?.[field] ?? null;
    if (source === undefined || JSON.stringify(to) === JSON.stringify(from)) continue;
    taken.push([field, to]);
    const part = gathered.get(source.uuid);
    if (part !== undefined) part.fields[field] = { from, to };
  }
  return Object.fromEntries(taken);
}

function joinNotes(filled: Customer, { others, fields }: Joining, gathered: ReadonlyMap<string, Gathered>) {
  let { notes } = filled;
  if (fields.notes !== undefined) return notes;
  for (const { uuid, notes: text } of others) {
    const part = gathered.get(uuid);
    if (text === null || part === undefined) continue;
    part.notes = { at: notes === null ? 0 : notes.length + NOTES_GAP.length, text };
    notes = notes === null ? text : notes + NOTES_GAP + text;
  }
  return notes;
}

function joinMetadata(filled: Customer, { others, fields }: Joining, gathered: ReadonlyMap<string, Gathered>) {
  if (fields.metadata !== undefined) return filled.metadata;
  const joined = new Map(Object.entries(filled.metadata));
  for (const { uuid, metadata } of others) {
    const added = Object.entries(metadata).filter(([key]) => !joined.has(key));
    for (const [key, value] of added) joined.set(key, value);
    const part = gathered.get(uuid);
    if (part !== undefined) part.metadata = Object.fromEntries(added);
  }
  return Object.fromEntries(joined);
}

function requireRoom({ notes, contacts, metadata }: Customer): void {
  const counts = [
    {
      field: 'notes',
      code: 'too_long',
      count: [...(notes ?? '')].length,
      most: CUSTOMER_LIMITS.notes,
      of: 'characters',
    },
    {
      field: 'contacts',
      code: 'too_many_items',
      count: contacts.length,
      most: CUSTOMER_LIMITS.contacts,
      of: 'entries',
    },
    {
      field: 'metadata',
      code: 'too_many_keys',
      count: Object.keys(metadata).length,
      most: CUSTOMER_LIMITS.metadataKeys,
      of: 'keys',
    },
  ];
  const errors = counts
    .filter(({ count, most }) => count > most)
    .map(({ field, code, count, most, of }): FieldError => {
      return { field, code, message: `${field} would have ${count} ${of} together, and at most ${most} are stored.` };
    });
  if (errors.length > 0) throw new PartnerError('validation_error', undefined, { errors });
}
