import type { FieldError, MatchInput } from '@countersign/contract';
import { MatchRequestSchema } from '@countersign/contract/schemas';
import { type BodyRules, checkBody } from '../../validation/check-body.js';
import { type Parsed, requireValid } from '../../validation/checked.js';
import { schemaValidator } from '../../validation/schema-validator.js';
import { contactErrors } from '../contacts/contact-rules.js';
import { noteUnusedOfCustomer, usedOfCustomer } from '../input/input-warnings.js';

/** Customers that stored ones are looked for. */
export interface MatchRequest {
  readonly customers: readonly MatchInput[];
}

const shapeErrors = schemaValidator(MatchRequestSchema);
const FIELDS = new Set(Object.keys(MatchRequestSchema.properties));

const rules: BodyRules = {
  errorsOf(body) {
    const errors = shapeErrors(body);
    // A list that is too long is not looked into.
    if (errors.some(({ field }) => field === 'customers')) return errors;
    return [...errors, ...rowsOf(body).flatMap(contactFaults)];
  },
  noteUnused(body, path, unused) {
    unused.note(body, path, FIELDS);
    for (const [index, row] of rowsOf(body).entries()) noteUnusedOfCustomer(row, `customers[${index}]`, unused);
  },
  used: (body) => ({ customers: rowsOf(body).map(usedOfCustomer) }),
};

/**
 * The customers of a body of `POST /partners/customers/match`, contract §7.2.
 *
 * @throws PartnerError `validation_error` that lists every field at fault, such as `customers[3].email`
 */
export function parseMatchRequest(body: object): Parsed<MatchRequest> {
  return requireValid(checkBody<MatchRequest>(body, rules));
}

function contactFaults(row: object, index: number): FieldError[] {
  return contactErrors(Reflect.get(row, 'contacts'), `customers[${index}].contacts`);
}

// What is none is an error of the schema.
function rowsOf(body: object): object[] {
  const rows: unknown = Reflect.get(body, 'customers');
  return Array.isArray(rows) ? rows.map((row) => (typeof row === 'object' && row !== null ? row : {})) : [];
}
