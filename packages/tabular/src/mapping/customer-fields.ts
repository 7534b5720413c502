import { CUSTOMER_LIMITS } from '@countersign/contract';

/** How the text of a cell becomes the value of a field. */
export type FieldKind = 'text' | 'boolean' | 'status' | 'numbers' | 'contacts' | 'metadata';

/** A column of the export. */
export interface CustomerColumn {
  /** Name of the column, which is the path of the field. */
  readonly name: string;
  readonly kind: FieldKind;
  /** Made by the server: written by the export, passed over by an import. */
  readonly isServerMade?: true;
}

/** The two addresses, their parts, and the parts of a contact that a caller sends, contract §3.1. */
export const ADDRESS_FIELDS = ['billingAddress', 'shippingAddress'] as const;
export const ADDRESS_PARTS = ['street', 'city', 'state', 'zipCode', 'country'] as const;
export const CONTACT_PARTS = ['firstName', 'lastName', 'name', 'email', 'phone', 'isPrimary'] as const;

/** One of the two addresses. */
export type AddressField = (typeof ADDRESS_FIELDS)[number];
/** A part of a contact. */
export type ContactPart = (typeof CONTACT_PARTS)[number];

const text = (...names: string[]): CustomerColumn[] => names.map((name) => ({ name, kind: 'text' }));
const serverMade = (...names: string[]): CustomerColumn[] =>
  names.map((name) => ({ name, kind: 'text', isServerMade: true }));

/** Every field of a customer, contract §3.1, as the export writes it and the import reads it; `id` is `uuid` once more. */
export const CUSTOMER_COLUMNS: readonly CustomerColumn[] = [
  ...serverMade('uuid'),
  ...text('customer', 'email', 'mainPhone', 'website'),
  { name: 'status', kind: 'status' },
  ...ADDRESS_FIELDS.flatMap((address) => text(...ADDRESS_PARTS.map((part) => `${address}.${part}`))),
  { name: 'contacts', kind: 'contacts' },
  ...text('notes', 'paymentTerm', 'taxNumber'),
  { name: 'taxAutoCalculate', kind: 'boolean' },
  { name: 'taxExcluded', kind: 'boolean' },
  { name: 'taxes', kind: 'numbers' },
  ...text('externalId'),
  { name: 'metadata', kind: 'metadata' },
  ...serverMade('createdAt', 'updatedAt', 'version'),
];

/** A field that a column can be mapped to. */
export type Field =
  | { readonly of: 'customer'; readonly name: string; readonly kind: FieldKind }
  /** A part of an address; `all` and `zipAndCity` are split where that is sure. */
  | { readonly of: AddressField; readonly part: (typeof ADDRESS_PARTS)[number] | 'all' | 'zipAndCity' }
  | { readonly of: 'contact'; readonly index: number; readonly part: ContactPart }
  | { readonly of: 'metadata'; readonly key: string };

/** The field of a path such as `contacts[1].email` or `metadata.segment`; undefined when there is none. */
export function findField(path: string): Field | undefined {
  const column = CUSTOMER_COLUMNS.find(({ name, isServerMade }) => name === path && !isServerMade);
  const address = ADDRESS_FIELDS.find((field) => path === field || path.startsWith(`${field}.`));
  if (address !== undefined) {
    const part = [...ADDRESS_PARTS, 'zipAndCity' as const].find((one) => path === `${address}.${one}`);
    if (part !== undefined) return { of: address, part };
    return path === address ? { of: address, part: 'all' } : undefined;
  }
  if (column !== undefined) return { of: 'customer', name: column.name, kind: column.kind };
  if (path.startsWith('metadata.') && path.length > 'metadata.'.length) {
    return { of: 'metadata', key: path.slice('metadata.'.length) };
  }
  const [, number = '', name] = /^contacts\[(\d{1,3})\]\.(\w+)$/.exec(path) ?? [];
  const part = CONTACT_PARTS.find((one) => one === name);
  const index = Number(number);
  return part !== undefined && index < CUSTOMER_LIMITS.contacts ? { of: 'contact', index, part } : undefined;
}

/** Whether a path is that of a field that the server makes. */
export function isServerMade(path: string): boolean {
  return path === 'id' || CUSTOMER_COLUMNS.some((column) => column.name === path && column.isServerMade);
}

/** Fields that several columns may fill: their texts are put one after the other. */
export function isJoined(path: string): boolean {
  return path === 'notes' || path.endsWith('.street');
}
