import {
  CUSTOMER_LIMITS,
  type Customer,
  type CustomerInput,
  type CustomerPatch,
  ERROR_CODES,
  type FieldError,
  PartnerError,
} from '@countersign/contract';
import { teamScope, type VerbRequest } from '../../partner-api/write/verb-request.js';
import type { Refusal } from '../../refusal.js';
import type { BodyPlace } from '../../validation/check-body.js';
import type { Checked } from '../../validation/checked.js';
import { UnusedFields } from '../../validation/unused-fields.js';
import { isUuid } from '../../validation/uuid.js';
import { newCustomer } from '../customer-record.js';
import { type CustomerRow, requireCustomerRow } from '../customer-row.js';
import { checkCustomerInput, checkCustomerPatchRow } from '../input/customer-input.js';
import { checkUpsertRow, type UpsertField, type UpsertRow } from '../upsert/upsert-request.js';
import type { BulkRequest, BulkRow } from './write-bulk.js';

/** One partial update of a bulk call. */
export interface BulkPatch {
  readonly uuid: string;
  readonly patch: CustomerPatch;
}

interface Envelope {
  readonly rows: readonly unknown[];
  readonly isAtomic: boolean;
  readonly isDryRun: boolean;
}

/** The creates of a bulk body. @throws PartnerError `validation_error` when its envelope is bad, contract §3.2 */
export function readBulkCreate(request: VerbRequest): BulkRequest<CustomerRow> {
  const body = request.body();
  const now = request.now();
  const { rows, ...mode } = parseEnvelope(body);
  const unused = unusedOfEnvelope(body, ENVELOPE_FIELDS);
  const parsed = rows.map((row, index): BulkRow<CustomerRow> => {
    const checked = checkRow<CustomerInput>(row, { path: `customers[${index}]`, unused }, checkCustomerInput);
    return 'refusal' in checked ? checked : newRow(newCustomer(checked.value, now));
  });
  return { scope: teamScope(request), ...mode, rows: parsed, warnings: unused.warnings };
}

/** The updates of a bulk body. @throws PartnerError `validation_error` when its envelope is bad, contract §3.2 */
export function readBulkUpdate(request: VerbRequest): BulkRequest<BulkPatch> {
  const body = request.body();
  const { rows, ...mode } = parseEnvelope(body);
  const unused = unusedOfEnvelope(body, ENVELOPE_FIELDS);
  const parsed = rows.map((row, index): BulkRow<BulkPatch> => {
    const uuid = checkRowUuid(row);
    // Only rows that are written are told of unused fields.
    const noted = 'refusal' in uuid ? new UnusedFields() : unused;
    const place = { path: `customers[${index}]`, unused: noted };
    const checked = checkRow<CustomerPatch>(row, place, checkCustomerPatchRow);
    if ('refusal' in uuid) return withErrors(uuid.refusal, checked);
    return 'refusal' in checked ? checked : { value: { uuid: uuid.value, patch: checked.value } };
  });
  return { scope: teamScope(request), ...mode, rows: parsed, warnings: unused.warnings };
}

/** The creates-or-updates of a bulk body. @throws PartnerError `validation_error` when its envelope is bad, contract §3.2 */
export function readBulkUpsert(request: VerbRequest): BulkRequest<UpsertRow> {
  const body = request.body();
  const { rows, ...mode } = parseEnvelope(body, UPSERT_KEYS);
  const field: UpsertField = Reflect.get(body, 'by') === 'email' ? 'email' : 'externalId';
  const unused = unusedOfEnvelope(body, UPSERT_FIELDS);
  const parsed = rows.map((row, index): BulkRow<UpsertRow> => {
    const place = { path: `customers[${index}]`, unused };
    const checked = checkRow<UpsertRow>(row, place, (object) => checkUpsertRow(object, { field, place }));
    return 'refusal' in checked ? checked : { value: checked.value };
  });
  return { scope: teamScope(request), ...mode, rows: parsed, warnings: unused.warnings };
}

/** What a row of a bulk create-or-update is known by. */
const UPSERT_KEYS = ['email', 'externalId'] as const;

function parseEnvelope(body: object, keys?: readonly UpsertField[]): Envelope {
  const by: unknown = Reflect.get(body, 'by');
  const errors: FieldError[] = [];
  const rows: unknown = Reflect.get(body, 'customers');
  const mode: unknown = Reflect.get(body, 'mode');
  const dryRun: unknown = Reflect.get(body, 'dryRun');
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
  if (dryRun !== undefined && typeof dryRun !== 'boolean') refuse('dryRun', 'invalid_type', 'must be true or false.');
  if (keys?.every((key) => key !== by)) {
    refuse('by', by === undefined ? 'required' : 'invalid_value', `must be one of: ${keys.join(', ')}.`);
  }
  if (errors.length > 0 || !Array.isArray(rows)) throw new PartnerError('validation_error', undefined, { errors });
  return { rows, isAtomic: mode === 'atomic', isDryRun: dryRun === true };
}

function newRow(customer: Customer): BulkRow<CustomerRow> {
  try {
    return { value: requireCustomerRow(customer) };
  } catch (error) {
    if (error instanceof PartnerError) return refusedRow(error.errors ?? []);
    throw error;
  }
}

const ENVELOPE_FIELDS = new Set(['customers', 'mode', 'dryRun']);
const UPSERT_FIELDS = new Set([...ENVELOPE_FIELDS, 'by']);

function unusedOfEnvelope(body: object, used: ReadonlySet<string>): UnusedFields {
  const unused = new UnusedFields();
  unused.note(body, '', used);
  return unused;
}

type CheckedRow<T> = { readonly refusal: Refusal } | { readonly value: T };

function checkRow<T>(
  row: unknown,
  place: BodyPlace,
  check: (body: object, place: BodyPlace) => Checked<T>,
): CheckedRow<T> {
  if (typeof row !== 'object' || row === null || Array.isArray(row)) {
    return refusedRow([{ field: '', code: 'invalid_type', message: 'The row must be an object.' }]);
  }
  const checked = check(row, place);
  return 'errors' in checked ? refusedRow(checked.errors) : { value: checked.value };
}

function refusedRow(errors: readonly FieldError[]): { readonly refusal: Refusal } {
  return { refusal: { code: 'validation_error', message: ERROR_CODES.validation_error.message, errors } };
}

function checkRowUuid(row: unknown): { readonly value: string } | { readonly refusal: Refusal } {
  const uuid: unknown = typeof row === 'object' && row !== null ? Reflect.get(row, 'uuid') : undefined;
  if (isUuid(uuid)) return { value: uuid.toLowerCase() };
  return uuid === undefined
    ? refusedRow([{ field: 'uuid', code: 'required', message: 'uuid is required.' }])
    : refusedRow([{ field: 'uuid', code: 'invalid_uuid', message: 'uuid must be a UUID.' }]);
}

function withErrors<T>(refusal: Refusal, checked: CheckedRow<T>): { readonly refusal: Refusal } {
  if (!('refusal' in checked)) return { refusal };
  if (checked.refusal.errors?.[0]?.field === '') return checked;
  return { refusal: { ...refusal, errors: [...(refusal.errors ?? []), ...(checked.refusal.errors ?? [])] } };
}
