import { nameKey } from '../field-of-name.js';
import { count } from './count.js';
import { googleContacts } from './google-contacts.js';
import { hubspot } from './hubspot.js';
import { quickbooks } from './quickbooks.js';
import { salesforce } from './salesforce.js';
import { shopify } from './shopify.js';
import { stripe } from './stripe.js';
import type { System } from './system.js';
import { xero } from './xero.js';

const SYSTEMS: readonly System[] = [count, googleContacts, hubspot, quickbooks, salesforce, shopify, stripe, xero];

const COLUMNS = new Set(SYSTEMS.flatMap(({ columns }) => Object.keys(columns).map(nameKey)));

/** A system that was recognised by its export. */
export interface FoundSystem {
  readonly name: string;
  /** The field of a column; null when it is passed over, undefined when the system does not know it. */
  fieldOf(column: string): string | null | undefined;
}

/** Recognises the system whose export has that header. */
export function findSystem(header: readonly string[]): FoundSystem | undefined {
  const keys = new Set(header.map(nameKey));
  const [best] = SYSTEMS.filter(({ signs }) => signs.some((sign) => keys.has(nameKey(sign))))
    .map((system) => ({ system, known: knownColumns(system).filter((key) => keys.has(key)).length }))
    .filter(({ known }) => known >= 2)
    .sort((one, other) => other.known - one.known);
  return best === undefined ? undefined : found(best.system);
}

/** Whether one of the systems has a column of that name. */
export function isSystemColumn(name: string): boolean {
  return name.length <= 60 && COLUMNS.has(nameKey(name));
}

const knownColumns = ({ columns }: System): string[] => Object.keys(columns).map(nameKey);

function found({ name, columns, metadata }: System): FoundSystem {
  const fields = new Map(Object.entries(columns).map(([column, field]) => [nameKey(column), field]));
  return {
    name,
    fieldOf(column) {
      const key = metadata?.exec(column)?.[1];
      return key === undefined ? fields.get(nameKey(column)) : `metadata.${key}`;
    },
  };
}
