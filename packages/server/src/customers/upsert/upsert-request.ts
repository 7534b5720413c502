import { type FieldError, PartnerError } from '@countersign/contract';
import { teamScope, type VerbRequest } from '../../partner-api/write/verb-request.js';
import { emailKey } from '../../storage/customers/email-key.js';
import type { BodyPlace } from '../../validation/check-body.js';
import { type Checked, requireValid } from '../../validation/checked.js';
import { checkCustomerInput, checkCustomerPatch } from '../input/customer-input.js';
import type { UpsertCustomer } from './upsert-customer.js';

type UpsertKey = UpsertCustomer['by'];

/**
 * A request to create or update: what an update would change, and the customer that would be made.
 *
 * The path is the key. The body may repeat it, and may not contradict it.
 *
 * @throws PartnerError `validation_error` for what is wrong either way
 */
export function readUpsert(request: VerbRequest, by: UpsertKey): UpsertCustomer {
  const { ifMatch } = request;
  return { scope: teamScope(request), by, ifMatch, ...parseUpsert(request.body(), by) };
}

function parseUpsert(body: object, by: UpsertKey): Pick<UpsertCustomer, 'patch' | 'patchWarnings' | 'creation'> {
  const contradictions = contradictionsOf(body, by);
  const patch = checkCustomerPatch({ ...body });
  if (contradictions.length > 0 || 'errors' in patch) {
    const errors = [...contradictions, ...('errors' in patch ? patch.errors : [])];
    throw new PartnerError('validation_error', undefined, { errors });
  }
  const creation = checkCustomerInput({ ...body, ...missingKey(body, by) });
  const { value, warnings } = requireValid(patch);
  return {
    patch: value,
    patchWarnings: warnings,
    creation: 'errors' in creation ? creation : { input: creation.value, warnings: creation.warnings },
  };
}

/** The field that a customer is known by. */
export type UpsertField = 'email' | 'externalId';

/** A row of a bulk call, as an update and as a creation. */
export type UpsertRow = Pick<UpsertCustomer, 'by' | 'patch' | 'creation'>;

/** Checks a row of a bulk create-or-update, whose key stands in it, contract §3.2. */
export function checkUpsertRow(
  row: object,
  { field, place }: { readonly field: UpsertField; readonly place: BodyPlace },
): Checked<UpsertRow> {
  const key: unknown = Reflect.get(row, field);
  const isMissing = key === undefined || key === null || key === '';
  const missing = isMissing ? [{ field, code: 'required', message: `${field} is required.` }] : [];
  const creation = checkCustomerInput({ ...row }, place);
  // Contacts are for a creation; an update leaves them as they are. Fields that are not used are noted once.
  const patch = checkCustomerPatch(withoutContacts(row), 'errors' in creation ? place : undefined);
  if (isMissing || 'errors' in patch || typeof key !== 'string') {
    const wrong = 'errors' in patch ? patch.errors : [];
    return { errors: [...missing, ...wrong.filter((error) => !isMissing || error.field !== field)] };
  }
  return {
    value: {
      by: field === 'email' ? { email: key } : { externalId: key },
      patch: patch.value,
      creation: 'errors' in creation ? creation : { input: creation.value, warnings: [] },
    },
    warnings: place.unused.warnings,
  };
}

function withoutContacts(row: object): object {
  const { contacts: _, ...rest } = row as { contacts?: unknown };
  return rest;
}

function missingKey(body: object, by: UpsertKey): object {
  if ('email' in by) return Reflect.has(body, 'email') ? {} : { email: by.email };
  return { externalId: by.externalId };
}

function contradictionsOf(body: object, by: UpsertKey): FieldError[] {
  const field = 'email' in by ? 'email' : 'externalId';
  const given: unknown = Reflect.get(body, field);
  const isContradicted =
    'email' in by
      ? typeof given === 'string' && emailKey(given) !== emailKey(by.email)
      : // null is right by type, and would take the key away.
        given === null || (typeof given === 'string' && given !== by.externalId);
  return isContradicted
    ? [{ field, code: 'contradicts_path', message: `${field} must be the one in the path, or be left out.` }]
    : [];
}
