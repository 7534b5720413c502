import {
  type ErrorCode,
  type FieldError,
  PartnerError,
  type PartnerWarning,
  toldFaults,
  type UpsertOutcome,
} from '@countersign/contract';
import { type Answer, type ImportCounts, MOST_ANSWER_BYTES, successAnswer } from '../../partner-api/write/answer.js';
import type { TeamScope } from '../../partner-api/write/verb-request.js';
import { warningsJson } from '../../partner-api/write/warnings-json.js';
import type { Refusal } from '../../refusal.js';
import type { Transaction } from '../../storage/storage.js';
import { joinPath } from '../../validation/field-path.js';
import { parseCustomerBody } from '../customer-row.js';
import { undone } from '../undone.js';

/** One row of a bulk call: checked, or refused before the transaction, with fields as named inside the row. */
export type BulkRow<T> = { readonly value: T } | { readonly refusal: Refusal };

/** A bulk call whose rows were checked one by one. */
export interface BulkRequest<T> {
  readonly scope: TeamScope;
  /** Whether one refused row refuses all. */
  readonly isAtomic: boolean;
  /** Whether all is done as if, and nothing is written. */
  readonly isDryRun: boolean;
  readonly rows: readonly BulkRow<T>[];
  readonly warnings: readonly PartnerWarning[];
}

/** What became of a row: the customer's object as answered, or why it was refused. */
export type RowResult = { readonly body: string; readonly outcome?: UpsertOutcome } | { readonly refusal: Refusal };

/** How the rows of a bulk call are written. */
export interface BulkWork<T> {
  readonly tx: Transaction;
  /** What became of a row that does not say so itself. */
  readonly outcome: UpsertOutcome;
  /** The word for it in the answer's message. */
  readonly done: string;
  /** Writes rows, each by itself, and gives what became of them in their order. */
  storeAll(values: readonly T[]): Promise<readonly RowResult[]>;
}

/**
 * Writes the rows that were not refused, and answers for all of them.
 *
 * @throws PartnerError `validation_error` with what is wrong in every row, where one row refuses all
 */
export async function writeBulk<T>(
  request: BulkRequest<T>,
  { tx, done, outcome, storeAll }: BulkWork<T>,
): Promise<Answer> {
  const { isDryRun } = request;
  const store = () => storeAll(request.rows.flatMap((row) => ('value' in row ? [row.value] : [])));
  const stored = [...(await (isDryRun ? undone(tx, store) : store()))];
  const results = request.rows.map((row) => ('refusal' in row ? row : requireResult(stored.shift())));
  const errorCount = results.filter((result) => 'refusal' in result).length;
  if (request.isAtomic && errorCount > 0) throw atomicRefusal(results);
  const successCount = results.length - errorCount;
  const { json, warnings } = resultsJson(results);
  return successAnswer(201, {
    imported: isDryRun ? NOTHING : countsOf(results, outcome),
    message: `${successCount} of ${results.length} customers ${isDryRun ? 'would be ' : ''}${done}`,
    json: `{${isDryRun ? '"dryRun":true,' : ''}"successCount":${successCount},"errorCount":${errorCount},"results":[${json}]${warningsJson(
      [...request.warnings, ...warnings],
    )}}`,
  });
}

const NOTHING: ImportCounts = { created: 0, updated: 0, unchanged: 0, failed: 0 };

function countsOf(results: readonly RowResult[], outcome: UpsertOutcome): ImportCounts {
  const counts = { ...NOTHING };
  for (const result of results) counts['body' in result ? (result.outcome ?? outcome) : 'failed'] += 1;
  return counts;
}

function requireResult(result: RowResult | undefined): RowResult {
  if (result === undefined) throw new Error('a row of a bulk call has no result');
  return result;
}

// Results beyond the most bytes of an answer are told in short.
function resultsJson(results: readonly RowResult[]) {
  const told: string[] = [];
  const warnings: PartnerWarning[] = [];
  let bytes = 0;
  for (const [index, result] of results.entries()) {
    const whole = resultJson(result, index);
    bytes += Buffer.byteLength(whole);
    told.push(bytes <= MOST_ANSWER_BYTES ? whole : shortResultJson(result, index));
    if (bytes > MOST_ANSWER_BYTES && warnings.length === 0) warnings.push(shortened(index));
  }
  return { json: told.join(','), warnings };
}

function shortened(index: number): PartnerWarning {
  const field = `customers[${index}]`;
  const message = `The results from ${field} on are told in short, since the answer would be too large; get the customers by uuid.`;
  return { field, reason: 'answer_too_large', message };
}

function resultJson(result: RowResult, index: number): string {
  if ('body' in result) {
    const outcome = result.outcome === undefined ? '' : `"outcome":"${result.outcome}",`;
    return `{"index":${index},"success":true,${outcome}"customer":${result.body}}`;
  }
  const { code, message, details, errors } = result.refusal;
  const faults = toldFaults(errors);
  const error = faults?.message ?? message;
  return JSON.stringify({ index, success: false, error, code, details, errors: faults?.errors });
}

// Without what can be long.
function shortResultJson(result: RowResult, index: number): string {
  if ('body' in result) {
    const { uuid, id, externalId, version } = parseCustomerBody(result.body);
    const customer = { uuid, id, externalId, version };
    return JSON.stringify({ index, success: true, outcome: result.outcome, isShortened: true, customer });
  }
  const { code, message, details, errors } = result.refusal;
  return JSON.stringify({ index, success: false, error: toldFaults(errors)?.message ?? message, code, details });
}

/** The field of a row that a refusal without field errors is about. */
const FIELD_OF_CODE: Partial<Record<ErrorCode, string>> = {
  email_already_exists: 'email',
  external_id_already_exists: 'externalId',
  customer_not_found: 'uuid',
  invalid_uuid: 'uuid',
};

function atomicRefusal(results: readonly RowResult[]): PartnerError {
  const errors = results.flatMap((result, index) => {
    if (!('refusal' in result)) return [];
    const { code, message, errors: fieldErrors } = result.refusal;
    const row = `customers[${index}]`;
    const faults = fieldErrors ?? [{ field: FIELD_OF_CODE[code] ?? '', code, message }];
    return faults.map((error) => prefixed(error, row));
  });
  return new PartnerError('validation_error', undefined, { errors });
}

function prefixed({ field, code, message }: FieldError, row: string): FieldError {
  const path = joinPath(row, field);
  const isAboutField = field !== '' && message.startsWith(`${field} `);
  return { field: path, code, message: isAboutField ? joinPath(row, message) : `${path}: ${message}` };
}
