import type { Row } from '../reading/row.js';
import { findBoolean, findNumbers, findStatus } from './cell-values.js';
import { isCountry } from './country-names.js';
import { ADDRESS_FIELDS, findField, isJoined, isServerMade } from './customer-fields.js';
import { findNamedField, nameKey } from './field-of-name.js';
import type { MappedColumn, Mapping } from './mapping.js';
import { findSystem } from './systems/find-system.js';

/**
 * Suggests which columns are which fields: by exact paths, by the export of a system that is known, by names in four languages,
 * also misspelt ones, and by what is in the columns.
 */
export function suggestMapping(header: readonly string[], sampleRows: readonly Row[]): Mapping {
  const isOwn = header.filter((name) => findField(name) !== undefined).length >= OWN_COLUMNS;
  const system = isOwn ? undefined : findSystem(header);
  const draft = new Draft(header, sampleRows);
  for (const [index, name] of header.entries()) {
    const isField = findField(name) !== undefined;
    if (isOwn && (isField || isServerMade(name))) draft.keep(index, isField ? name : null);
    else if (isField) draft.place(index, name, 'exact');
    else if (system !== undefined) placeOfSystem(draft, index, system.fieldOf(name));
  }
  for (const how of ['name', 'similar'] as const) {
    for (const index of draft.open()) {
      const named = findNamedField(header[index] ?? '');
      if (named?.how === how) draft.place(index, named.path.replace(/\.street2$/, '.street'), how);
    }
  }
  draft.placeNames();
  draft.placeMobiles();
  draft.placeByContent();
  draft.widenAddresses();
  return { ...(system === undefined ? {} : { system: system.name }), ...draft.mapping(), tidy: !isOwn, version: 1 };
}

/** A file with so many exact paths is an export of this server. */
const OWN_COLUMNS = 8;

function placeOfSystem(draft: Draft, index: number, field: string | null | undefined): void {
  if (field !== undefined) draft.place(index, field, 'system');
}

type How = MappedColumn['how'];

class Draft {
  private readonly fields = new Map<number, { readonly field: string | null; readonly how: How }>();
  /** Columns whose name only says that they are a name, or a mobile phone. */
  private readonly names = new Set<number>();
  private readonly mobiles = new Set<number>();

  constructor(
    private readonly header: readonly string[],
    private readonly rows: readonly Row[],
  ) {}

  open(): number[] {
    return this.header.map((_, index) => index).filter((index) => !this.fields.has(index));
  }

  /** Gives a column of our own export its field, whatever it holds. */
  keep(index: number, field: string | null): void {
    this.fields.set(index, { field, how: 'exact' });
  }

  place(index: number, field: string | null, how: How): void {
    if (field === 'name') this.names.add(index);
    else if (field === 'mobile') this.mobiles.add(index);
    else if (field === null) this.fields.set(index, { field, how });
    else this.placeFitting(index, field, how);
  }

  /** `Name` alone is the customer; beside a company it is a person, beside a first name a last name. */
  placeNames(): void {
    for (const index of this.names) {
      const isGiven = nameKey(this.header[index] ?? '') === 'nombre' && this.has('contacts[0].lastName');
      if (isGiven) this.placeFitting(index, 'contacts[0].firstName', 'name');
      else if (this.has('contacts[0].firstName') && !this.has('contacts[0].lastName')) {
        this.placeFitting(index, 'contacts[0].lastName', 'name');
      } else this.placeFitting(index, this.has('customer') ? 'contacts[0].name' : 'customer', 'name');
    }
  }

  placeMobiles(): void {
    for (const index of this.mobiles) {
      const isOfContact = this.has('mainPhone') && this.hasContact();
      if (isOfContact || !this.has('mainPhone'))
        this.placeFitting(index, isOfContact ? 'contacts[0].phone' : 'mainPhone', 'name');
    }
  }

  placeByContent(): void {
    for (const index of this.open()) {
      const texts = this.texts(index);
      const found = CONTENTS.find(({ field, fits }) => !this.has(field) && texts.length > 0 && texts.every(fits));
      if (found !== undefined) this.placeFitting(index, found.field, 'content');
    }
  }

  /** One column for all of an address is split, where the parts have none of their own. */
  widenAddresses(): void {
    for (const address of ADDRESS_FIELDS) {
      const parts = [...this.fields].filter(([, { field }]) => field?.startsWith(`${address}.`));
      const [only] = parts;
      if (parts.length === 1 && only?.[1].field === `${address}.street` && only[1].how !== 'exact') {
        this.fields.set(only[0], { ...only[1], field: address });
      }
    }
  }

  mapping(): Pick<Mapping, 'columns' | 'unmapped' | 'fill'> {
    const columns = [...this.fields].sort(([one], [other]) => one - other);
    const fill: Mapping['fill'] = [
      ...(this.hasContact() ? ['customer' as const] : []),
      ...(!this.has('email') && this.has('contacts[0].email') ? ['email' as const] : []),
    ];
    return {
      fill,
      columns: columns.map(([index, { field, how }]) => ({ column: this.header[index] ?? '', field, how })),
      unmapped: this.open().map((index) => this.header[index] ?? ''),
    };
  }

  private hasContact(): boolean {
    return ['firstName', 'lastName', 'name'].some((part) => this.has(`contacts[0].${part}`));
  }

  private has(field: string): boolean {
    return [...this.fields.values()].some((placed) => placed.field === field);
  }

  // A name is not believed against what the column holds.
  private placeFitting(index: number, field: string, how: How): void {
    const texts = this.texts(index);
    const placed =
      nameKey(this.header[index] ?? '') === 'estado' && texts.length > 0 && texts.every(isStatus) ? 'status' : field;
    const isTaken = this.has(placed) && !isJoined(placed);
    if (!isTaken && (how === 'content' || fitsField(placed, texts, how)))
      this.fields.set(index, { field: placed, how });
  }

  private texts(index: number): string[] {
    return this.rows.map(({ cells }) => cells[index]?.trim() ?? '').filter((text) => text !== '');
  }
}

const isEmail = (text: string): boolean => /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(text);
const isWebsite = (text: string): boolean => /^(?:https?:\/\/|www\.)\S+\.\S+$/i.test(text);
const isPhone = (text: string): boolean =>
  /^(?:\+|\(?0\d*[\s()./-])[\d\s()./-]{5,}$/.test(text) && text.replace(/\D/g, '').length >= 7;
const isStatus = (text: string): boolean => findStatus(text) !== undefined;

/** What is told by its looks, without a name. */
const CONTENTS: readonly { readonly field: string; fits(text: string): boolean }[] = [
  { field: 'email', fits: isEmail },
  { field: 'website', fits: isWebsite },
  { field: 'mainPhone', fits: isPhone },
  { field: 'billingAddress.country', fits: (text) => text.length > 2 && isCountry(text) },
];

function fitsField(field: string, texts: readonly string[], how: How): boolean {
  if (texts.length === 0) return true;
  if (field.endsWith('email')) return texts.some((text) => text.includes('@'));
  if (field === 'status') return texts.every(isStatus);
  if (field === 'taxExcluded' || field === 'taxAutoCalculate')
    return texts.every((text) => findBoolean(text) !== undefined);
  if (field === 'taxes') return texts.every((text) => findNumbers(text) !== undefined);
  if (field === 'website') return texts.some((text) => text.includes('.'));
  // What is to name one customer has to differ from row to row.
  if (field === 'externalId' && how !== 'system') return new Set(texts).size === texts.length;
  return true;
}
