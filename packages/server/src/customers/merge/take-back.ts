import type { Customer, KeptField } from '@countersign/contract';
import { isSameValue } from '../../is-same-value.js';
import { NOTES_GAP } from './join-customers.js';
import type { StoredMerge, Taken } from './merge-store.js';

/** A merge to undo. */
export interface Merges {
  readonly taken: Taken;
  /** What was merged into the same customer since, the first first. */
  readonly later: readonly StoredMerge[];
}

/** What a customer is without what one gave that was merged into it. */
export interface TakenBack {
  readonly customer: Customer;
  /** What was changed since, and stays. */
  readonly kept: readonly KeptField[];
  /** The other merges that are to be kept otherwise: what they would give back came from this one. */
  readonly passedOn: readonly StoredMerge[];
}

/**
 * Takes from a customer what came from one that was merged into it and was not changed since, contract §7.3.
 */
export function takeBack(customer: Customer, { taken, later }: Merges): TakenBack {
  const kept: string[] = [];
  const fields = takeBackFields(customer, { taken, later });
  const filled: Customer = { ...customer, ...fields.former };
  const notes = takeBackNotes(filled.notes, taken.notes);
  if (notes === undefined) kept.push('notes');
  const metadata = Object.entries(filled.metadata).filter(([key, value]) => taken.metadata[key] !== value);
  kept.push(...metadata.filter(([key]) => Object.hasOwn(taken.metadata, key)).map(([key]) => `metadata.${key}`));
  const given = new Map(taken.contacts.map((contact) => [contact.uuid, JSON.stringify(contact)]));
  const contacts = filled.contacts.filter((contact) => given.get(contact.uuid) !== JSON.stringify(contact));
  for (const [index, { uuid }] of contacts.entries()) if (given.has(uuid)) kept.push(`contacts[${index}]`);
  return {
    customer: {
      ...filled,
      notes: notes === undefined ? filled.notes : notes,
      metadata: Object.fromEntries(metadata),
      contacts,
    },
    kept: [...fields.kept, ...kept].map((field) => ({ field, reason: 'changed_since' })),
    passedOn: fields.passedOn,
  };
}

function takeBackFields(customer: Customer, { taken: { fields }, later }: Merges) {
  const now = new Map<string, unknown>(Object.entries(customer));
  const former: [string, unknown][] = [];
  const kept: string[] = [];
  const passedOn = new Map<string, StoredMerge>();
  for (const [field, { from, to }] of Object.entries(fields)) {
    const value = now.get(field) ?? null;
    const heir = later.find(({ taken }) => isSameValue(taken.fields[field]?.from, to));
    if (heir !== undefined) passedOn.set(heir.uuid, withFormer(passedOn.get(heir.uuid) ?? heir, { field, from }));
    else if (isSameValue(value, to)) former.push([field, from]);
    else if (!isSameValue(value, from)) kept.push(field);
  }
  return { former: Object.fromEntries(former), kept, passedOn: [...passedOn.values()] };
}

function withFormer(
  merge: StoredMerge,
  { field, from }: { readonly field: string; readonly from: unknown },
): StoredMerge {
  const to = merge.taken.fields[field]?.to;
  return { ...merge, taken: { ...merge.taken, fields: { ...merge.taken.fields, [field]: { from, to } } } };
}

/** The notes without a piece of them; undefined where it is not there as it was. */
export function takeBackNotes(notes: string | null, piece: Taken['notes']): string | null | undefined {
  if (notes === null || piece === null) return notes;
  const { at, text } = piece;
  const starts = [at, 0, ...[...notes.matchAll(EVERY_GAP)].map(({ index }) => index + NOTES_GAP.length)];
  const start = starts.find((one) => isPiece(notes, { start: one, text }));
  if (start === undefined) return undefined;
  const end = start + text.length;
  if (start > 0) return notes.slice(0, start - NOTES_GAP.length) + notes.slice(end);
  return end === notes.length ? null : notes.slice(end + NOTES_GAP.length);
}

/** Also those that overlap. */
const EVERY_GAP = new RegExp(`(?=${NOTES_GAP})`, 'g');

function isPiece(notes: string, { start, text }: { readonly start: number; readonly text: string }): boolean {
  const end = start + text.length;
  const begins = start === 0 || notes.startsWith(NOTES_GAP, start - NOTES_GAP.length);
  return begins && notes.startsWith(text, start) && (end === notes.length || notes.startsWith(NOTES_GAP, end));
}
