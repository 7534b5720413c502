import {
  CUSTOMER_LIMITS,
  type CustomerInput,
  type CustomerPatch,
  ERROR_CODES,
  type FieldError,
  PartnerError,
  type PartnerWarning,
} from '@countersign/contract';
import type { Checked } from '../validation/checked.js';
import { fewWarnings } from '../validation/few-warnings.js';
import { joinPath } from '../validation/field-path.js';
import { isUuid } from '../validation/uuid.js';
import type { BulkCreate, BulkPatch, BulkRow, BulkUpdate, RowRefusal } from './bulk-customers.js';
import { checkCustomerInput, checkCustomerPatch } from './customer-input.js';
import { newCustomer } from './customer-record.js';
import { customerRow } from './customer-row.js';

interface Envelope {
  readonly rows: readonly unknown[];
  readonly isAtomic: boolean;
}

/** The creates of a bulk body. @throws PartnerError `validation_error` when its envelope is bad, contract §3.2 */
export function parseBulkCreate(
  body: object,
  { teamId, now }: { readonly teamId: number; readonly now: Date },
): BulkCreate {
  const { rows, isAtomic } = parseEnvelope(body);
  const warnings: PartnerWarning[] = envelopeWarnings(body);
  const parsed = rows.map((row, index) => {
    const checked = checkRow<CustomerInput>(row, index, checkCustomerInput);
    if ('refusal' in checked) return checked;
    warnings.push(...checked.warnings);
    return { value: customerRow(newCustomer(checked.value, now)) };
  });
  return { teamId, isAtomic, rows: parsed, warnings: fewWarnings(warnings) };
}

/** The updates of a bulk body. @throws PartnerError `validation_error` when its envelope is bad, contract §3.2 */
export function parseBulkUpdate(body: object, teamId: number): BulkUpdate {
  const { rows, isAtomic } = parseEnvelope(body);
  const warnings: PartnerWarning[] = envelopeWarnings(body);
  const parsed = rows.map((row, index): BulkRow<BulkPatch> => {
    const checked = checkRow<CustomerPatch>(row, index, checkCustomerPatch);
    const uuid = checkRowUuid(row);
    if ('refusal' in uuid) return withErrors(uuid.refusal, checked);
    if ('refusal' in checked) return checked;
    warnings.push(...checked.warnings.filter(({ field }) => field !== `customers[${index}].uuid`));
    return { value: { uuid: uuid.value, patch: checked.value } };
  });
  return { teamId, isAtomic, rows: parsed, warnings: fewWarnings(warnings) };
}

function parseEnvelope(body: object): Envelope {
  const errors: FieldError[] = [];
  const rows: unknown = Reflect.get(body, 'customers');
  const mode: unknown = Reflect.get(body, 'mode');
  const refuse = (field: string, code: string, rule: string) =>
    errors.push({ field, code, message: `${field} ${rule}` });
  if (rows === undefined) refuse('customers', 'required', 'is required.');
  else if (!Array.isArray(rows)) refuse('customers', 'invalid_type', 'must be an array.');
  else if (rows.length === 0) refuse('customers', 'empty', 'must not be empty.');
  else if (rows.length > CUSTOMER_LIMITS.bulkRows) {
    refuse('customers', 'too_many_items', `must have at most ${CUSTOMER_LIMITS.bulkRows} entries.`);
  }
  if (mode !== undefined && mode !== 'atomic' && mode !== 'partial') {
    refuse('mode', 'invalid_value', 'must be one of: partial, atomic.');
  }
  if (errors.length > 0 || !Array.isArray(rows)) throw new PartnerError('validation_error', undefined, { errors });
  return { rows, isAtomic: mode === 'atomic' };
}

function envelopeWarnings(body: object): PartnerWarning[] {
  return Object.keys(body)
    .filter((name) => name !== 'customers' && name !== 'mode')
    .map((name) => name.toWellFormed())
    .map((field) => ({
      field,
      reason: 'unknown_field',
      message: `${field} is not a field of this object and was ignored.`,
    }));
}

type CheckedRow<T> =
  | { readonly refusal: RowRefusal }
  | { readonly value: T; readonly warnings: readonly PartnerWarning[] };

// Warnings name the row; errors do not, since they stand inside the row's own result.
function checkRow<T>(row: unknown, index: number, check: (body: object, path: string) => Checked<T>): CheckedRow<T> {
  if (typeof row !== 'object' || row === null || Array.isArray(row)) {
    return refusedRow([{ field: '', code: 'invalid_type', message: 'The row must be an object.' }]);
  }
  const checked = check(row, '');
  if ('errors' in checked) return refusedRow(checked.errors);
  const prefix = `customers[${index}]`;
  const warnings = checked.warnings.map(({ field, reason, message }) => ({
    field: joinPath(prefix, field),
    reason,
    message: field === '' ? `${prefix}: ${message}` : joinPath(prefix, message),
  }));
  return { value: checked.value, warnings };
}

function refusedRow(errors: readonly FieldError[]): { readonly refusal: RowRefusal } {
  return { refusal: { code: 'validation_error', message: ERROR_CODES.validation_error.message, errors } };
}

function checkRowUuid(row: unknown): { readonly value: string } | { readonly refusal: RowRefusal } {
  const uuid: unknown = typeof row === 'object' && row !== null ? Reflect.get(row, 'uuid') : undefined;
  if (isUuid(uuid)) return { value: uuid.toLowerCase() };
  return uuid === undefined
    ? refusedRow([{ field: 'uuid', code: 'required', message: 'uuid is required.' }])
    : refusedRow([{ field: 'uuid', code: 'invalid_uuid', message: 'uuid must be a UUID.' }]);
}

function withErrors<T>(refusal: RowRefusal, checked: CheckedRow<T>): { readonly refusal: RowRefusal } {
  if (!('refusal' in checked)) return { refusal };
  if (checked.refusal.errors?.[0]?.field === '') return checked;
  return { refusal: { ...refusal, errors: [...(refusal.errors ?? []), ...(checked.refusal.errors ?? [])] } };
}
