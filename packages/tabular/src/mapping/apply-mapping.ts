import type { AddressInput, ContactInput, CustomerInput } from '@countersign/contract';
import type { Row } from '../reading/row.js';
import type { BoundColumn, BoundMapping } from './bind-mapping.js';
import { findBoolean, findJson, findNumbers, findStatus } from './cell-values.js';
import { type AddressField, CONTACT_PARTS, type FieldKind } from './customer-fields.js';
import { splitAddress, splitZipAndCity } from './split-address.js';

/** A cell that could not become its field. */
export interface CellProblem {
  readonly line: number;
  /** Name of the column. */
  readonly column: string;
  /** Path of the field; empty where the column has none. */
  readonly field: string;
  readonly code: 'invalid_value' | 'formula_error' | 'unknown_column';
  readonly message: string;
}

/** A row as a customer. */
export interface MappedRow {
  /** What a create takes, contract §3.1, without what the row leaves empty: also required fields may be missing. */
  readonly input: Partial<CustomerInput>;
  readonly problems: readonly CellProblem[];
}

/** Makes a row a customer to create. Says what it could not read, and leaves the rules of the fields to the server. */
export function applyMapping(bound: BoundMapping, row: Row): MappedRow {
  const made = new MadeCustomer(bound.tidy, row.line);
  for (const column of bound.columns) made.add(column, row.cells[column.index] ?? '');
  for (const [index, cell] of row.cells.entries()) {
    if (index >= bound.width && cell.trim() !== '') made.refuseUnknown(bound.header[index] ?? `Column ${index + 1}`);
  }
  return { input: made.input(bound.fill), problems: made.problems };
}

/** What a formula leaves behind that could not be worked out. */
const FORMULA_ERROR = /^#(?:N\/A|REF!|VALUE!|DIV\/0!|NAME\?|NULL!|NUM!|NV|WERT!|BEZUG!)$/;

class MadeCustomer {
  readonly problems: CellProblem[] = [];
  private readonly fields = new Map<string, unknown>();
  private readonly addresses = new Map<AddressField, AddressInput>();
  private readonly contacts = new Map<number, Record<string, unknown>>();
  private readonly moreContacts: ContactInput[] = [];
  private readonly metadata = new Map<string, string>();

  constructor(
    private readonly tidy: boolean,
    private readonly line: number,
  ) {}

  add(column: BoundColumn, cell: string): void {
    const text = this.tidy ? tidied(cell, column.path) : cell;
    if (text === '') return;
    if (FORMULA_ERROR.test(text))
      this.refuse(column, 'formula_error', `${column.name} holds ${text}, the error of a formula.`);
    else this.set(column, text);
  }

  refuseUnknown(name: string): void {
    const message = `The row has a cell in a column that the mapping does not know: ${name}.`;
    this.problems.push({ line: this.line, column: name, field: '', code: 'unknown_column', message });
  }

  input(fill: BoundMapping['fill']): Partial<CustomerInput> {
    const numbered = [...this.contacts].sort(([one], [other]) => one - other).map(([, contact]) => contact);
    const contacts: ContactInput[] = [...numbered.filter(isPerson), ...this.moreContacts];
    for (const field of fill) this.fillFrom(contacts[0], field);
    return Object.fromEntries([
      ...this.fields,
      ...this.addresses,
      ...(contacts.length > 0 ? [['contacts', contacts] as const] : []),
      ...(this.metadata.size > 0 ? [['metadata', Object.fromEntries(this.metadata)] as const] : []),
    ]);
  }

  private fillFrom(contact: ContactInput | undefined, field: 'customer' | 'email'): void {
    const name = contact?.name ?? [contact?.firstName, contact?.lastName].filter(Boolean).join(' ');
    const text = field === 'email' ? contact?.email : name;
    if (text && !this.fields.has(field)) this.fields.set(field, text);
  }

  private set(column: BoundColumn, text: string): void {
    const { field } = column;
    if (field.of === 'customer') this.setOwn(column, field, text);
    else if (field.of === 'metadata') this.metadata.set(field.key, text);
    else if (field.of === 'contact') this.setContact(column, field, text);
    else this.setAddress(field, text);
  }

  private setOwn(column: BoundColumn, { name, kind }: { name: string; kind: FieldKind }, text: string): void {
    if (kind === 'contacts') this.addContacts(column, text);
    else if (kind === 'metadata') this.addMetadata(column, text);
    else {
      const value = READ[kind](text);
      const before = this.fields.get(name);
      if (value === undefined)
        this.refuse(column, 'invalid_value', `${column.name}: “${short(text)}” is no ${WANTED[kind]}.`);
      else this.fields.set(name, before === undefined ? value : `${before}\n${value}`);
    }
  }

  private setContact(column: BoundColumn, { index, part }: { index: number; part: string }, text: string): void {
    const contact = this.contacts.get(index) ?? {};
    this.contacts.set(index, contact);
    const isPrimary = part === 'isPrimary' ? findBoolean(text) : undefined;
    if (part !== 'isPrimary') Object.assign(contact, this.tidy && part === 'name' ? splitName(text) : { [part]: text });
    else if (isPrimary === undefined)
      this.refuse(column, 'invalid_value', `${column.name}: “${short(text)}” is no ${WANTED.boolean}.`);
    else Object.assign(contact, { isPrimary });
  }

  private setAddress({ of, part }: { of: AddressField; part: string }, text: string): void {
    const address = this.addresses.get(of) ?? {};
    const parts: AddressInput =
      part === 'all'
        ? splitAddress(text)
        : part === 'zipAndCity'
          ? (splitZipAndCity(text) ?? { city: text })
          : { [part]: text };
    const street = part === 'street' && address.street ? { street: `${address.street}, ${text}` } : {};
    this.addresses.set(of, { ...address, ...parts, ...street });
  }

  private addContacts(column: BoundColumn, text: string): void {
    const list = findJson(text);
    const isList = Array.isArray(list) && list.every((one) => typeof one === 'object' && one !== null);
    if (!isList) this.refuse(column, 'invalid_value', `${column.name} is no JSON list of contacts.`);
    else this.moreContacts.push(...list.map(knownParts));
  }

  private addMetadata(column: BoundColumn, text: string): void {
    const value = findJson(text);
    const entries =
      typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.entries(value) : undefined;
    if (entries?.every(([, one]) => typeof one === 'string' || typeof one === 'number' || typeof one === 'boolean')) {
      for (const [key, one] of entries) this.metadata.set(key, String(one));
    } else this.refuse(column, 'invalid_value', `${column.name} is no JSON object of texts.`);
  }

  private refuse({ name, path }: BoundColumn, code: CellProblem['code'], message: string): void {
    this.problems.push({ line: this.line, column: name, field: path, code, message });
  }
}

const READ: Readonly<Record<Exclude<FieldKind, 'contacts' | 'metadata'>, (text: string) => unknown>> = {
  text: (text) => text,
  boolean: findBoolean,
  status: findStatus,
  numbers: findNumbers,
};

const WANTED = {
  text: 'text',
  boolean: 'yes or no',
  status: 'active or inactive',
  numbers: 'list of numbers',
} as const;

// What other programs put around a text: white space, a mark before numbers (Shopify), a label before phones (QuickBooks).
function tidied(cell: string, path: string): string {
  const isNumber = /(?:[pP]hone|zipCode|externalId|taxNumber)$/.test(path);
  const text = isNumber ? cell.trim().replace(/^'(?=\+?\d)/, '') : cell.trim();
  return /[pP]hone$/.test(path) ? text.replace(/^(?:phone|mobile|tel)\.?\s*:\s*/i, '') : text;
}

// "Nkosi, Thandi" is sure; two words may be either way round.
function splitName(text: string): ContactInput {
  const [, lastName, firstName] = /^([\p{L}\p{M}'’ -]+),\s*([\p{L}\p{M}'’. -]+)$/u.exec(text) ?? [];
  const isName =
    lastName !== undefined && firstName !== undefined && !/^(?:jr|sr|inc|ltd|llc|gmbh|md|phd)\b/i.test(firstName);
  return isName ? { firstName, lastName, name: `${firstName} ${lastName}` } : { name: text };
}

function knownParts(contact: object): ContactInput {
  const parts = new Map(Object.entries(contact));
  return Object.fromEntries(
    CONTACT_PARTS.map((part) => [part, parts.get(part)] as const).filter(
      ([, value]) => value !== undefined && value !== null && value !== '',
    ),
  );
}

const isPerson = (contact: Record<string, unknown>): boolean =>
  Object.keys(contact).some((part) => part !== 'isPrimary');

const short = (text: string): string => (text.length > 60 ? `${text.slice(0, 60)}…` : text);
