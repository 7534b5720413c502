import { PartnerError } from '@countersign/contract';
import { taggedVersion } from '../../http/entity-tag.js';
import type { Answer } from './answer.js';

/** What of `data`, and of the rows of a bulk call, tells nothing of what customers hold. */
const TELLING_NOTHING = new Set([
  'uuid',
  'id',
  'version',
  'outcome',
  'deleted',
  'erased',
  'erasedAt',
  'count',
  'index',
  'success',
  'successCount',
  'errorCount',
  'error',
  'code',
  'errors',
  'dryRun',
  'merged',
  '_partnerWarnings',
]);

type JsonObject = Readonly<Record<string, unknown>>;

/** A write as whoever may not read customers is to know of it. */
export interface BlindWrite {
  /** What became of a record where the answer does not say it. */
  readonly outcome: 'created' | 'updated';
}

/**
 * The answer of a write for a token that may not read customers: of a record its `uuid`, `version` and `outcome` alone,
 * contract §4. Where a contact was written, the UUID is the contact's and the version its customer's. What is not known to
 * tell nothing is left out.
 */
export function answerWithoutCustomers(answer: Answer, write: BlindWrite): Answer {
  const { data, details, ...envelope } = parseBody(answer.body);
  const body = {
    ...envelope,
    ...(isObject(data) ? { data: blindData(data, { ...write, version: taggedVersion(answer.headers.etag) }) } : {}),
    ...(isObject(details) ? { details: blindDetails(details) } : {}),
  };
  return { ...answer, body: JSON.stringify(body) };
}

/** A refusal of a write for a token that may not read customers: it names another record by its UUID alone. */
export function errorWithoutCustomers(error: unknown): unknown {
  if (!(error instanceof PartnerError) || error.details === undefined) return error;
  const { code, message, details, errors, cause } = error;
  return new PartnerError(code, message, { details: blindDetails(details), errors, cause });
}

interface Known extends BlindWrite {
  /** Of the customer that the answer is about. */
  readonly version: number | undefined;
}

function blindData(data: JsonObject, known: Known): JsonObject {
  const { customer, contact, results } = data;
  return {
    ...(isObject(customer) ? { uuid: customer.uuid, version: customer.version, outcome: known.outcome } : {}),
    ...(isObject(contact) ? { uuid: contact.uuid, version: known.version, outcome: known.outcome } : {}),
    ...picked(data),
    ...(Array.isArray(results) ? { results: results.map((row) => blindRow(row, known)) } : {}),
  };
}

function blindRow(row: unknown, known: Known): unknown {
  if (!isObject(row)) return {};
  const { details } = row;
  return { ...blindData(row, known), ...(isObject(details) ? { details: blindDetails(details) } : {}) };
}

// Of a restored customer it would be the email that it was stored with.
function blindDetails({ email: _email, externalId: _externalId, ...details }: JsonObject): JsonObject {
  return details;
}

function picked(data: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(data).filter(([name]) => TELLING_NOTHING.has(name)));
}

// Written by this very server.
function parseBody(body: string): JsonObject {
  const parsed: JsonObject = JSON.parse(body);
  return parsed;
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
