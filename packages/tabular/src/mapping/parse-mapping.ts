import type { FieldError } from '@countersign/contract';
import { findField, isJoined } from './customer-fields.js';
import { MAPPED_BY, type Mapping } from './mapping.js';

/** A mapping that was kept, or everything that is wrong with it. */
export type ParsedMapping = { readonly mapping: Mapping } | { readonly errors: readonly FieldError[] };

/** Reads a mapping that was kept as JSON. What may be left out: `system`, `tidy` (true), `fill`, `unmapped`, and `how` (`hand`). */
export function parseMapping(value: unknown): ParsedMapping {
  const errors: FieldError[] = [];
  const wrong = (field: string, code: string, message: string): void => void errors.push({ field, code, message });
  if (!isRecord(value))
    return { errors: [{ field: '', code: 'invalid_type', message: 'The mapping has to be an object.' }] };
  const { version, system, tidy = true, fill = [], columns, unmapped = [] } = value;
  if (version !== 1) wrong('version', 'invalid_value', 'version has to be 1.');
  if (system !== undefined && typeof system !== 'string') wrong('system', 'invalid_type', 'system has to be text.');
  if (typeof tidy !== 'boolean') wrong('tidy', 'invalid_type', 'tidy has to be true or false.');
  if (!isListOf(fill, (one) => one === 'customer' || one === 'email')) {
    wrong('fill', 'invalid_value', 'fill has to be a list of customer and email.');
  }
  if (!isListOf(unmapped, (one) => typeof one === 'string'))
    wrong('unmapped', 'invalid_type', 'unmapped has to be a list of texts.');
  if (!Array.isArray(columns)) wrong('columns', 'invalid_type', 'columns has to be a list.');
  else checkColumns(columns, wrong);
  return errors.length > 0 ? { errors } : { mapping: checkedMapping({ ...value, tidy, fill, unmapped }) };
}

type Wrong = (field: string, code: string, message: string) => void;

function checkColumns(columns: readonly unknown[], wrong: Wrong): void {
  const names = new Set<unknown>();
  const fields = new Set<unknown>();
  for (const [index, one] of columns.entries()) {
    const at = `columns[${index}]`;
    if (!isRecord(one)) {
      wrong(at, 'invalid_type', `${at} has to be an object.`);
      continue;
    }
    const { column, field, how = 'hand' } = one;
    if (typeof column !== 'string' || column === '')
      wrong(`${at}.column`, 'required', `${at}.column has to be the name of a column.`);
    else if (names.has(column)) wrong(`${at}.column`, 'duplicate', `The column “${column}” is mapped twice.`);
    if (field !== null && (typeof field !== 'string' || findField(field) === undefined)) {
      wrong(
        `${at}.field`,
        'unknown_field',
        `${at}.field has to be null or a field such as customer, billingAddress.city or metadata.key.`,
      );
    } else if (field !== null && fields.has(field) && !isJoined(field)) {
      wrong(`${at}.field`, 'duplicate', `The field ${field} has two columns.`);
    }
    if (!isListOf([how], (by) => MAPPED_BY.some((known) => known === by))) {
      wrong(`${at}.how`, 'invalid_value', `${at}.how has to be one of ${MAPPED_BY.join(', ')}.`);
    }
    names.add(column);
    fields.add(field);
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isListOf(value: unknown, isOne: (one: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every(isOne);
}

// All parts have just been checked; what else the object has is left behind.
function checkedMapping(value: Record<string, unknown>): Mapping {
  const { system, tidy, fill, columns, unmapped } = value as unknown as Mapping;
  const mapped = columns.map(({ column, field, how = 'hand' as const }) => ({ column, field, how }));
  return { version: 1, ...(system === undefined ? {} : { system }), tidy, fill, columns: mapped, unmapped };
}
