import { type Contact, CUSTOMER_LIMITS, type Customer } from '@countersign/contract';
import { CONTACT_PARTS, CUSTOMER_COLUMNS } from '../mapping/customer-fields.js';
import { csvLine } from './csv-cells.js';

/** How customers are written as CSV. */
export interface CustomerCsvOptions {
  /** A comma unless told. */
  readonly delimiter?: string | undefined;
  /**
   * Contacts and metadata in columns of their own: so many contacts, and those keys. What does not fit there stays as JSON in
   * the columns `contacts` and `metadata`, so nothing is lost.
   */
  readonly flat?: { readonly contacts: number; readonly metadataKeys: readonly string[] } | undefined;
}

/** Writes customers as lines of CSV, contract §8. */
export interface CustomerCsvWriter {
  readonly header: string;
  line(customer: Customer): string;
}

/** A writer of every field of customers, in columns that `suggestMapping` knows again. */
export function customerCsvWriter({ delimiter = ',', flat }: CustomerCsvOptions = {}): CustomerCsvWriter {
  const contacts = Math.min(flat?.contacts ?? 0, CUSTOMER_LIMITS.contacts);
  const keys = [...new Set(flat?.metadataKeys)].filter((key) => key !== '');
  const columns: readonly Column[] = CUSTOMER_COLUMNS.flatMap(({ name }) => {
    if (name === 'contacts')
      return [...contactColumns(contacts), { name, text: ({ contacts: all }) => moreContacts(all.slice(contacts)) }];
    if (name === 'metadata')
      return [...metadataColumns(keys), { name, text: ({ metadata }) => moreMetadata(metadata, keys) }];
    const path = name.split('.');
    return [{ name, text: (customer) => cellOf(valueAt(customer, path)) }];
  });
  return {
    header: csvLine(
      columns.map(({ name }) => name),
      delimiter,
    ),
    line: (customer) =>
      csvLine(
        columns.map(({ text }) => text(customer)),
        delimiter,
      ),
  };
}

/** A customer as a line of JSON Lines, as the API answers it. */
export function customerJsonLine(customer: Customer): string {
  return `${JSON.stringify(customer)}\n`;
}

interface Column {
  readonly name: string;
  text(customer: Customer): string;
}

function contactColumns(count: number): Column[] {
  return Array.from({ length: count }, (_, index) =>
    CONTACT_PARTS.map((part) => ({
      name: `contacts[${index}].${part}`,
      text: ({ contacts }: Customer) => cellOf(contacts[index]?.[part]),
    })),
  ).flat();
}

function metadataColumns(keys: readonly string[]): Column[] {
  return keys.map((key) => ({
    name: `metadata.${key}`,
    text: ({ metadata }) => (Object.hasOwn(metadata, key) ? (metadata[key] ?? '') : ''),
  }));
}

function moreContacts(contacts: readonly Contact[]): string {
  return contacts.length === 0 ? '' : JSON.stringify(contacts);
}

// An empty text would be no text in a column of its own.
function moreMetadata(metadata: Customer['metadata'], keys: readonly string[]): string {
  const more = Object.entries(metadata).filter(([key, value]) => !keys.includes(key) || value === '');
  return more.length === 0 ? '' : JSON.stringify(Object.fromEntries(more));
}

function valueAt(customer: Customer, path: readonly string[]): unknown {
  let value: unknown = customer;
  for (const key of path) value = typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
  return value;
}

function cellOf(value: unknown): string {
  if (typeof value === 'string') return value;
  return value === null || value === undefined ? '' : JSON.stringify(value);
}
